//! Tables.

use crate::args;
use crate::error::{Result, invalid, too_much};
use crate::fonts::Look;
use crate::layout::Layout;
use crate::limits::MAX_PARTS;
use crate::lines::Line;
use crate::sheet::{Kind, PartId};
use krilla::tagging::{TableHeaderScope, Tag};

/// A table that is set.
struct Grid {
    /// The left edges of the columns, and the right edge of the last.
    edges: Vec<f32>,
    /// Which columns stand at the right of their cells.
    is_right: Vec<bool>,
    look: Look,
    padding: f32,
    line: f32,
}

/// A row while it is set: the lines of each cell.
type Row = Vec<Vec<Line>>;

/// Set a table.
///
/// # Errors
/// It has too many cells or columns, widths that do not fit it, or characters that no font has.
pub fn set(layout: &mut Layout, table: &args::Table, look: Look) -> Result<()> {
    let header = table.header.as_deref().unwrap_or_default();
    let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0).max(header.len());
    if columns == 0 {
        return Ok(());
    }
    if columns.saturating_mul(table.rows.len() + 1) > MAX_PARTS {
        return Err(too_much(format!("a table of {columns} columns has too many rows: {}", table.rows.len())));
    }
    let grid = Grid::new(layout, table, header, columns, look)?;
    let part = layout.document.part(None, Tag::Table);
    layout.space(look.size);
    if !header.is_empty() {
        let cells = grid.cells(layout, header, true)?;
        let body = table.rows.first().map_or(0.0, |_| grid.line + 2.0 * grid.padding);
        layout.need(grid.height(&cells).min(layout.frame.inner_height() / 2.0) + body);
        let row = layout.document.part(Some(part), Tag::TR);
        let heads: Vec<PartId> =
            (0..columns).map(|_| layout.document.part(Some(row), Tag::TH(TableHeaderScope::Column))).collect();
        grid.draw(layout, cells, Some(&heads));
    }
    for row in &table.rows {
        let cells = grid.cells(layout, row, false)?;
        let id = layout.document.part(Some(part), Tag::TR);
        let parts: Vec<PartId> = (0..columns).map(|_| layout.document.part(Some(id), Tag::TD)).collect();
        let page = layout.page();
        layout.need(grid.height(&cells).min(layout.frame.inner_height()));
        if layout.page() != page && !header.is_empty() {
            let again = grid.cells(layout, header, true)?;
            if grid.height(&again) < layout.frame.inner_height() / 2.0 {
                grid.draw(layout, again, None);
            }
        }
        grid.draw(layout, cells, Some(&parts));
    }
    layout.space(look.size);
    Ok(())
}

impl Grid {
    fn new(layout: &Layout, table: &args::Table, header: &[String], columns: usize, look: Look) -> Result<Self> {
        let padding = look.size * 0.45;
        let room = layout.frame.inner_width() - 2.0 * padding * columns as f32;
        if room < look.size * columns as f32 {
            return Err(invalid(format!("a table of {columns} columns does not fit on the page")));
        }
        let widths = match &table.widths {
            Some(widths) => {
                let sum: f32 = widths.iter().sum();
                if widths.len() != columns || !sum.is_finite() || widths.iter().any(|width| *width <= 0.0) {
                    return Err(invalid(format!("widths: there must be {columns}, each more than 0, not {widths:?}")));
                }
                widths.iter().map(|width| width / sum * room).collect()
            }
            None => measured(layout, table, header, columns, look, room)?,
        };
        let mut edges = vec![layout.frame.margin];
        for width in widths {
            edges.push(edges[edges.len() - 1] + width + 2.0 * padding);
        }
        let is_right = (0..columns)
            .map(|column| {
                let mut cells = table.rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
                cells.clone().next().is_some() && cells.all(|cell| is_number(cell))
            })
            .collect();
        Ok(Self { edges, is_right, look, padding, line: layout.line_height(look.size) })
    }

    fn columns(&self) -> usize {
        self.is_right.len()
    }

    fn cells(&self, layout: &Layout, texts: &[String], is_header: bool) -> Result<Row> {
        let look = Look { bold: is_header, ..self.look };
        (0..self.columns())
            .map(|column| {
                let width = self.edges[column + 1] - self.edges[column] - 2.0 * self.padding;
                layout.lines(texts.get(column).map_or("", String::as_str), look, width)
            })
            .collect()
    }

    fn height(&self, row: &Row) -> f32 {
        let lines = row.iter().map(Vec::len).max().unwrap_or(0);
        self.line.mul_add(lines as f32, 2.0 * self.padding)
    }

    /// Draw a row, over several pages if it is higher than one. Without parts it is mere decoration.
    fn draw(&self, layout: &mut Layout, row: Row, parts: Option<&[PartId]>) {
        let lines = row.iter().map(Vec::len).max().unwrap_or(0);
        let mut cells: Vec<_> = row.into_iter().map(Vec::into_iter).collect();
        let mut done = 0;
        while done < lines {
            let fitting = ((layout.left() - 2.0 * self.padding + 0.01) / self.line).floor().max(1.0) as usize;
            let now = fitting.min(lines - done);
            for (column, cell) in cells.iter_mut().enumerate() {
                let (left, right) = (self.edges[column] + self.padding, self.edges[column + 1] - self.padding);
                for (index, line) in cell.take(now).enumerate() {
                    let y = self.line.mul_add(index as f32, layout.y() + self.padding);
                    let left = if self.is_right[column] { (right - line.width).max(left) } else { left };
                    layout.line(line, y, left, right, parts.map(|parts| parts[column]));
                }
            }
            layout.advance(self.line.mul_add(now as f32, 2.0 * self.padding));
            let width = self.edges[self.columns()] - self.edges[0];
            layout.draw(self.edges[0], layout.y(), Kind::Rule(width), None);
            done += now;
            if done < lines {
                layout.break_page();
            }
        }
    }
}

/// The widths of columns by what is in them: all on one line if that fits; else each has its longest word,
/// and a share of the rest.
fn measured(
    layout: &Layout,
    table: &args::Table,
    header: &[String],
    columns: usize,
    look: Look,
    room: f32,
) -> Result<Vec<f32>> {
    let mut widths = vec![(0.0_f32, look.size); columns];
    let rows = std::iter::once((header, true)).chain(table.rows.iter().map(|row| (row.as_slice(), false)));
    for (row, bold) in rows {
        for (cell, (all, word)) in row.iter().zip(&mut widths) {
            for line in layout.shaped(cell, Look { bold, ..look })? {
                let (whole, part) = line.widths();
                (*all, *word) = (all.max(whole), word.max(part));
            }
        }
    }
    let widths: Vec<_> = widths.into_iter().map(|(all, word)| (all.max(word), word)).collect();
    let all: f32 = widths.iter().map(|(all, _)| all).sum();
    let words: f32 = widths.iter().map(|(_, word)| word).sum();
    if all <= room {
        return Ok(widths.into_iter().map(|(all, _)| all).collect());
    }
    if words >= room {
        // Words are broken: the longest ones most.
        let share = room / columns as f32;
        let rest: f32 = widths.iter().map(|(_, word)| (word - share).max(0.0)).sum();
        let spare: f32 = widths.iter().map(|(_, word)| (share - word).max(0.0)).sum();
        return Ok(widths.iter().map(|(_, word)| word.min(share) + (word - share).max(0.0) / rest * spare).collect());
    }
    let spare = room - words;
    Ok(widths.into_iter().map(|(one, word)| word + (one - word) / (all - words) * spare).collect())
}

/// Whether people would align it with other numbers.
fn is_number(text: &str) -> bool {
    let text = text.trim();
    text.contains(|char: char| char.is_ascii_digit())
        && text.chars().all(|char| char.is_ascii_digit() || "+-−–.,' \u{A0}\u{202F}%€$£¥".contains(char))
}
