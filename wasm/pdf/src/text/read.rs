//! Follows what of a page's content shows text, as hayro's interpreter does, and nothing else: paths, colours and
//! pictures take most of an interpreter's time.

use super::collect::{Collector, Glyphs, Line, Paint, Shown};
use super::layers::Layers;
use super::letters::{Face, Faces};
use crate::annotations::HIDDEN;
use crate::geometry;
use crate::limits::MAX_GLYPHS;
use hayro::hayro_interpret::util::RectExt;
use hayro::hayro_syntax::content::TypedIter;
use hayro::hayro_syntax::content::ops::TypedInstruction;
use hayro::hayro_syntax::object::{self, Array, Dict, Name, Number, Object, Rect, Stream, dict_or_stream};
use hayro::hayro_syntax::page::{Page, Resources};
use hayro::kurbo::{self, Affine, Point};
use std::rc::Rc;

/// How deep drawings are followed.
const DEPTH: usize = 50;
/// What an em is, in the units of widths.
const UNITS: f64 = 1000.0;
/// How many graphics states are kept.
const MAX_STATES: usize = 1 << 16;

/// The graphics state, as far as it says what texts are and where they stand.
#[derive(Clone)]
struct State<'a> {
    /// To the page as seen.
    ctm: Affine,
    font: Option<Rc<Face<'a>>>,
    size: f32,
    char_space: f32,
    word_space: f32,
    /// Horizontal scaling, in percent.
    scaling: f32,
    leading: f32,
    rise: f32,
    mode: i64,
    text: Affine,
    line: Affine,
}

impl<'a> State<'a> {
    fn new(ctm: Affine) -> Self {
        Self {
            ctm,
            font: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            scaling: 100.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
            text: Affine::IDENTITY,
            line: Affine::IDENTITY,
        }
    }

    fn scaling(&self) -> f32 {
        self.scaling / 100.0
    }

    /// Begin a line here.
    fn start_line(&mut self, matrix: Affine) {
        self.text = matrix;
        self.line = matrix;
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.start_line(self.line * Affine::translate((x, y)));
    }

    fn move_by(&mut self, x: f32, y: f32) {
        let to = self.text * Point::new(x.into(), y.into());
        self.text = self.text.with_translation(to.to_vec2());
    }

    /// From units of the font's size to those of the text.
    fn font_matrix(&self) -> Affine {
        let (size, scaling) = (f64::from(self.size), f64::from(self.scaling()));
        Affine::new([size * scaling, 0.0, 0.0, size, 0.0, f64::from(self.rise)])
    }

    fn is_vertical(&self) -> bool {
        self.font.as_ref().is_some_and(|font| font.is_vertical)
    }

    /// Go on by a number between texts.
    fn adjust(&mut self, adjustment: f32) {
        let by = -adjustment / 1000.0 * self.size;
        if self.is_vertical() { self.move_by(0.0, by) } else { self.move_by(by * self.scaling(), 0.0) }
    }
}

/// Follows pages.
pub struct Reader<'a, 'r> {
    faces: &'r Faces<'a>,
    layers: Layers,
    /// The last one is the present one.
    states: Vec<State<'a>>,
    /// Whether the parts of the content that were begun are to be seen.
    visible: Vec<bool>,
    /// How many drawings are around what is followed.
    depth: usize,
    run: Vec<Shown>,
    collector: Collector,
}

impl<'a, 'r> Reader<'a, 'r> {
    /// The glyphs of a page, and of what lies on it.
    pub fn glyphs(faces: &'r Faces<'a>, page: &Page<'a>) -> Glyphs {
        let mut reader = Self {
            faces,
            layers: Layers::of(page.xref()),
            states: vec![State::new(geometry::to_seen(page))],
            visible: Vec::new(),
            depth: 0,
            run: Vec::new(),
            collector: Collector::new(geometry::seen(page)),
        };
        reader.page(page);
        reader.collector.finish()
    }

    fn page(&mut self, page: &Page<'a>) {
        self.content(page.typed_operations(), page.resources());
        for annotation in page.raw().get::<Array<'a>>("Annots").iter().flat_map(Array::iter::<Dict<'a>>) {
            self.annotation(&annotation, page.resources());
        }
    }

    fn state(&mut self) -> &mut State<'a> {
        let last = self.states.len() - 1;
        &mut self.states[last]
    }

    fn save(&mut self) {
        let state = self.state().clone();
        self.states.push(state);
    }

    fn restore(&mut self) {
        if self.states.len() > 1 {
            self.states.pop();
        }
    }

    fn is_visible(&self) -> bool {
        self.visible.last().copied().unwrap_or(true)
    }

    fn begin_layer(&mut self, shows: bool) {
        self.visible.push(shows && self.is_visible());
    }

    fn annotation(&mut self, annotation: &Dict<'a>, resources: &Resources<'a>) {
        if annotation.get::<u32>("F").unwrap_or(0) & HIDDEN != 0 {
            return;
        }
        let look = match annotation.get::<Dict<'a>>("AP").and_then(|looks| looks.get::<Object<'a>>("N")) {
            Some(Object::Stream(stream)) => Some(stream),
            Some(Object::Dict(states)) => {
                let state = annotation.get::<Name<'a>>("AS");
                let look = state.and_then(|state| states.get::<Stream<'a>>(&*state));
                look.or_else(|| states.get::<Stream<'a>>("Off"))
            }
            _ => None,
        };
        let form = look.as_ref().and_then(Form::new);
        if let (Some(form), Some(rect)) = (form, annotation.get::<Rect>("Rect")) {
            // As 12.5.5 of the standard says.
            let rect = rect.to_kurbo();
            let from = form.matrix.transform_rect_bbox(form.bounds);
            let (x, y) = (rect.width() / from.width(), rect.height() / from.height());
            self.save();
            self.state().ctm *= Affine::new([x, 0.0, 0.0, y, rect.x0 - x * from.x0, rect.y0 - y * from.y0]);
            self.form(&form, resources);
            self.restore();
        }
    }

    fn form(&mut self, form: &Form<'a>, resources: &Resources<'a>) {
        if !self.is_visible() || self.depth >= DEPTH {
            return;
        }
        let layer = form.stream.dict().get::<Dict<'a>>("OC");
        if let Some(layer) = &layer {
            let id = form.stream.dict().get_ref("OC").map(Into::into);
            self.begin_layer(self.layers.shows(layer, id));
        }
        if self.is_visible()
            && let Ok(data) = form.stream.decoded_data()
        {
            self.depth += 1;
            self.save();
            self.state().ctm *= form.matrix;
            self.content(TypedIter::new(&data), form.resources.as_ref().unwrap_or(resources));
            self.restore();
            self.depth -= 1;
        }
        if layer.is_some() {
            self.visible.pop();
        }
    }

    fn content(&mut self, mut operators: TypedIter<'_>, resources: &Resources<'a>) {
        use TypedInstruction as Do;
        let around = self.states.len();
        self.save();
        while let Some(operator) = operators.next() {
            match operator {
                Do::SaveState(_) if self.states.len() > MAX_STATES => break,
                Do::SaveState(_) => self.save(),
                Do::RestoreState(_) => self.restore(),
                Do::Transform(m) => self.state().ctm *= matrix([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]),
                Do::SetGraphicsState(name) => {
                    let given = resources.get_ext_g_state(name.0);
                    if let Some(font) = given.and_then(|given| given.get::<Array<'a>>("Font")) {
                        self.font_of_state(&font);
                    }
                }
                Do::XObject(name) => {
                    let drawing = resources.get_x_object(name.0);
                    let is_form = |of: &Stream<'a>| of.dict().get::<Name<'a>>("Subtype").as_deref() == Some(b"Form");
                    if let Some(form) = drawing.filter(is_form).as_ref().and_then(Form::new) {
                        self.form(&form, resources);
                    }
                }
                Do::BeginMarkedContent(_) => {
                    self.begin_layer(true);
                    self.collector.begin(None);
                }
                Do::BeginMarkedContentWithProperties(part) => self.begin(part.1, resources),
                Do::EndMarkedContent(_) => {
                    self.visible.pop();
                    self.collector.end();
                }
                Do::BeginText(_) => self.state().start_line(Affine::IDENTITY),
                Do::SetTextMatrix(m) => {
                    self.state().start_line(matrix([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]));
                }
                Do::TextFont(font) => {
                    let face = self.faces.named(&resources.fonts, font.0);
                    let state = self.state();
                    state.size = font.1.as_f32();
                    state.font = face;
                }
                Do::ShowText(text) => {
                    self.need_font();
                    self.string(text.0);
                    self.show();
                }
                Do::ShowTexts(items) => {
                    self.need_font();
                    for item in items.0.iter::<Object<'_>>() {
                        match item {
                            Object::Number(number) => self.state().adjust(number.as_f32()),
                            Object::String(text) => self.string(&text),
                            _ => {}
                        }
                    }
                    self.show();
                }
                Do::NextLineAndShowText(text) => {
                    self.next_line();
                    self.string(text.0);
                    self.show();
                }
                Do::ShowTextWithParameters(text) => {
                    self.state().word_space = text.0.as_f32();
                    self.state().char_space = text.1.as_f32();
                    self.next_line();
                    self.string(text.2);
                    self.show();
                }
                Do::HorizontalScaling(scaling) => self.state().scaling = scaling.0.as_f32(),
                Do::TextLeading(leading) => self.state().leading = leading.0.as_f32(),
                Do::CharacterSpacing(space) => self.state().char_space = space.0.as_f32(),
                Do::WordSpacing(space) => self.state().word_space = space.0.as_f32(),
                Do::TextRise(rise) => self.state().rise = rise.0.as_f32(),
                Do::TextRenderingMode(mode) => self.state().mode = mode.0.as_i64(),
                Do::NextLine(by) => self.state().next_line(by.0.as_f64(), by.1.as_f64()),
                Do::NextLineAndSetLeading(by) => {
                    self.state().leading = -by.1.as_f64() as f32;
                    self.state().next_line(by.0.as_f64(), by.1.as_f64());
                }
                Do::NextLineUsingLeading(_) => self.next_line(),
                _ => {}
            }
        }
        // Whoever restores more than was saved is left with that.
        self.states.truncate(around);
    }

    /// A part of the content begins, which may be of a layer or say what stands in it.
    fn begin(&mut self, properties: &Object<'_>, resources: &Resources<'a>) {
        let named = match properties {
            Object::Name(name) => resources.properties.get::<Dict<'_>>(name),
            _ => None,
        };
        let given = named.clone().or_else(|| dict_or_stream(properties).map(|(dict, _)| dict.clone()));
        let layer = match properties {
            Object::Name(name) => resources.properties.get_ref(name).map(|id| (named.unwrap_or_default(), id)),
            _ => given
                .as_ref()
                .and_then(|given| Some((given.get::<Dict<'_>>("OC").unwrap_or_default(), given.get_ref("OC")?))),
        };
        self.begin_layer(layer.is_none_or(|(layer, id)| self.layers.shows(&layer, Some(id.into()))));
        self.collector.begin(given.as_ref());
    }

    fn font_of_state(&mut self, font: &Array<'a>) {
        let mut items = font.iter::<Object<'a>>();
        if let (Some(Object::Dict(dict)), Some(Object::Number(size))) = (items.next(), items.next()) {
            let face = self.faces.described(&dict);
            let state = self.state();
            state.size = size.as_f32();
            state.font = face;
        }
    }

    /// Where no font is set, readers take Helvetica.
    fn need_font(&mut self) {
        if self.state().font.is_none() {
            self.state().font = self.faces.fallback();
        }
    }

    fn next_line(&mut self) {
        let leading = self.state().leading;
        self.state().next_line(0.0, -f64::from(leading));
    }

    /// A string, as a part of what is shown at once.
    fn string(&mut self, text: &object::String<'_>) {
        let is_visible = self.is_visible();
        let Self { states, run, .. } = self;
        let Some(state) = states.last_mut() else { return };
        let Some(face) = state.font.clone() else { return };
        let bytes = text.as_bytes();
        let is_visible = is_visible && (!face.is_fallback || bytes.is_ascii());
        let to_text = state.font_matrix() * Affine::scale(1.0 / UNITS);
        let whole = state.ctm * (state.text * to_text);
        let rise = Point::new(0.0, state.rise.into());
        let mut at = 0;
        while at < bytes.len() {
            let (code, length) = face.font.read_code(bytes, at);
            at += length.max(1);
            let letter = face.letter(code);
            let word_space = if code == 32 && length == 1 { state.word_space } else { 0.0 };
            let advance = |width: f64| width as f32 / UNITS as f32 * state.size + state.char_space + word_space;
            let (x, y) = match face.is_vertical {
                true => (0.0, advance(letter.step.y)),
                false => (advance(letter.step.x) * state.scaling(), 0.0),
            };
            if is_visible && run.len() <= MAX_GLYPHS {
                // Glyphs differ in where they stand alone, but for those that are moved or stretched.
                let place = match letter.shift {
                    None => whole.with_translation((state.ctm * (state.text * rise)).to_vec2()),
                    Some(shift) => state.ctm * (state.text * to_text * shift),
                };
                run.push(Shown { letter, place });
            }
            state.move_by(x, y);
        }
    }

    /// Show the strings that were taken together.
    fn show(&mut self) {
        let Self { states, run, collector, .. } = self;
        let Some(state) = states.last() else { return };
        let mut stretches = run.iter().map(|shown| shown.letter.stretch);
        let first = stretches.next().unwrap_or(1.0);
        let line = Line {
            is_vertical: state.is_vertical(),
            is_stretched: stretches.any(|other| (other - first).abs() > 1e-6 * first.abs()),
        };
        let paint = match state.mode {
            1 => Paint::Stroke,
            2 | 3 | 5..=7 => Paint::Other,
            _ => Paint::Fill,
        };
        collector.show(run, line, paint);
        run.clear();
    }
}

fn matrix(of: [&Number; 6]) -> Affine {
    Affine::new(of.map(|number| number.as_f64()))
}

/// A drawing by itself (Form XObject).
struct Form<'a> {
    stream: Stream<'a>,
    matrix: Affine,
    bounds: kurbo::Rect,
    resources: Option<Resources<'a>>,
}

impl<'a> Form<'a> {
    fn new(stream: &Stream<'a>) -> Option<Self> {
        let dict = stream.dict();
        let [x0, y0, x1, y1] = dict.get::<[f32; 4]>("BBox")?.map(f64::from);
        Some(Self {
            stream: stream.clone(),
            matrix: dict.get::<[f64; 6]>("Matrix").map_or(Affine::IDENTITY, Affine::new),
            bounds: kurbo::Rect::new(x0, y0, x1, y1),
            resources: dict.get("Resources").map(Resources::new),
        })
    }
}
