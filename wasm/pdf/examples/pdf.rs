//! The module natively, for a look at one file and for measuring:
//! `cargo run --release --example pdf -- text FILE`, `words FILE`, `render FILE PAGE DPI > page.ppm`, `all FILE`,
//! `write STEP FILE > out.pdf`, STEP being none, clean, flatten or compress, `merge FILE FILE > out.pdf`.

use std::io::Write;
use std::time::Instant;
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Append, Clean, Compress, Decode, Error, Flatten, Guest, Output, Pdf, PixelFormat, Step};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let start = Instant::now();
    let done = match arguments.as_slice() {
        ["text", file] => read(file).and_then(|data| Module::text(data, None, None)).map(|pages| {
            println!("{}", pages.join("\u{c}"));
        }),
        ["render", file, page, dpi] => {
            render(file, page.parse().expect("a page's number"), dpi.parse().expect("a resolution"))
        }
        ["words", file] => read(file).and_then(|data| Module::words(data, None, None)).map(|words| {
            words.iter().for_each(|word| println!("{word:?}"));
        }),
        ["all", file] => all(file),
        ["write", step, file] => write(file, steps(step)),
        ["merge", file, other] => read(other)
            .and_then(|other| write(file, vec![Step::Append(Append { file: other, pages: None, password: None })])),
        _ => panic!("text FILE | words FILE | render FILE PAGE DPI | all FILE | write STEP FILE | merge FILE FILE"),
    };
    eprintln!("{:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    if let Err(error) = done {
        eprintln!("{error:?}");
        std::process::exit(1);
    }
}

fn read(file: &str) -> Result<Vec<u8>, Error> {
    Ok(std::fs::read(file).expect("a file that can be read"))
}

fn render(file: &str, page: u32, dpi: f32) -> Result<(), Error> {
    let rendered = Module::render(read(file)?, page, Some(dpi), None, None, None, None, None, None, None)?;
    let raster = rendered.raster;
    assert_eq!(raster.format, PixelFormat::Rgb8);
    let mut out = std::io::stdout().lock();
    write!(out, "P6\n{} {}\n255\n", raster.width, raster.height).expect("stdout");
    out.write_all(&raster.pixels).expect("stdout");
    rendered.notes.iter().for_each(|note| eprintln!("{note}"));
    Ok(())
}

fn steps(step: &str) -> Vec<Step> {
    match step {
        "none" => Vec::new(),
        "clean" => vec![Step::Clean(Clean { annotations: None, attachments: None, scripts: None, metadata: None })],
        "flatten" => vec![Step::Flatten(Flatten { annotations: Some(true) })],
        "compress" => vec![Step::Compress(Compress { dpi: None, quality: None })],
        _ => panic!("none, clean, flatten or compress"),
    }
}

fn write(file: &str, steps: Vec<Step>) -> Result<(), Error> {
    let output =
        Pdf { user_password: None, owner_password: None, allow: None, object_streams: None, entropy: Vec::new() };
    let data = Module::run(read(file)?, Decode { password: None }, steps, Output::Pdf(output))?;
    std::io::stdout().lock().write_all(&data).expect("stdout");
    Ok(())
}

/// Call every function.
fn all(file: &str) -> Result<(), Error> {
    let data = read(file)?;
    println!("{:?}", Module::probe(data.clone(), None)?);
    println!("{:#?}", Module::describe(data.clone(), None)?);
    println!("{:#?}", Module::outline(data.clone(), None)?);
    println!("{:#?}", Module::annotations(data.clone(), None, None)?);
    println!("{:#?}", Module::fields(data.clone(), None)?);
    println!("{:#?}", Module::attachments(data.clone(), None)?);
    println!("{:#?}", Module::fonts(data.clone(), None, None)?);
    println!("{:#?}", Module::images(data.clone(), None, None)?);
    println!("{} words", Module::words(data.clone(), None, None)?.len());
    println!("{} times 'e'", Module::search(data, "e".into(), None, None, None, None)?.len());
    Ok(())
}
