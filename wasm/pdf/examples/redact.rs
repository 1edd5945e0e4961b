//! Redacts a file natively: `redact SOURCE TARGET TEXT`. What was done goes to the standard output.

use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Decode, Guest, Output, Pdf, Redact, Step};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [source, target, text] = &args[..] else {
        eprintln!("redact SOURCE TARGET TEXT");
        std::process::exit(2);
    };
    let data = std::fs::read(source).expect("the source");
    let entropy = vec![0; 32];
    let output = Pdf { user_password: None, owner_password: None, allow: None, object_streams: None, entropy };
    let redact = Redact {
        search: Some(vec![text.clone()]),
        regex: None,
        boxes: None,
        ignore_case: None,
        pages: None,
        fill: None,
        acknowledge: Some("1-".to_owned()).filter(|_| std::env::var_os("ACKNOWLEDGE").is_some()),
        dpi: Some(100.0),
    };
    let done = Module::run(data, Decode { password: None }, vec![Step::Redact(redact)], Output::Pdf(output));
    match done {
        Ok(file) => std::fs::write(target, file).expect("the target"),
        Err(error) => {
            eprintln!("{error:?}");
            std::process::exit(1);
        }
    }
}
