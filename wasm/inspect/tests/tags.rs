//! Docs and tags in WIT: what is read, and what is complained about.
#![allow(missing_docs)]

use serde_json::{Value, json};
use wasmcell_inspect::interface::from_wit;

const HEAD: &str = "/// Shapes.\npackage test:shapes@0.3.0;\n/// Shapes.\ninterface shapes {\n";
const TAIL: &str = "}\n/// All.\nworld module { export shapes; }\n";

fn read(body: &str) -> Result<Value, String> {
    let text = format!("{HEAD}{body}{TAIL}");
    let description = from_wit(&[("shapes.wit".to_owned(), text)]).map_err(|error| format!("{error:#}"))?;
    Ok(serde_json::to_value(description).expect("it is JSON"))
}

fn fields(body: &str) -> Value {
    let description = read(body).expect("it is complete");
    let types = description["types"].as_array().expect("a list");
    types.iter().find_map(|ty| ty.get("record")).expect("a record").clone()
}

#[test]
fn tags_are_read_by_the_type_of_the_field() {
    let fields = fields(
        "/// Sides.\nenum side { /// One.\nleft, /// Other.\nright }\n/// A box.\nrecord crate {\n\
         /// How wide\n/// it is.\n/// @unit px\n/// @range 1..=100\nwidth: u32,\n\
         /// Which way.\n/// @default right\nside: option<side>,\n\
         /// How much.\n/// @range 0..=\n/// @default 0.5\namount: option<f32>,\n\
         /// A turn.\n/// @values 0|90\nturn: u16,\n\
         /// A name.\n/// @default none\nname: option<string>,\n\
         /// A mark.\n/// @default #fff\nmark: option<string>,\n}\n",
    );
    let without_type = |mut field: Value| {
        field.as_object_mut().expect("an object").remove("type");
        field
    };
    let found: Vec<Value> = fields.as_array().expect("a list").iter().cloned().map(without_type).collect();
    assert_eq!(
        found,
        [
            json!({"name": "width", "docs": "How wide it is.", "unit": "px", "range": [1, 100]}),
            json!({"name": "side", "docs": "Which way.", "default": "right"}),
            json!({"name": "amount", "docs": "How much.", "default": 0.5, "range": [0.0, null]}),
            json!({"name": "turn", "docs": "A turn.", "values": [0, 90]}),
            json!({"name": "name", "docs": "A name."}),
            json!({"name": "mark", "docs": "A mark.", "default": "#fff"}),
        ]
    );
}

#[test]
fn parameters_have_their_docs_in_those_of_the_function() {
    let description = read(
        "/// Add.\n/// @param a The first\n/// one.\n/// @param times How often. @default 2 @range 1..=9 @unit times\n\
         add: func(a: u8, times: option<u32>) -> u8;\n",
    )
    .expect("it is complete");
    let function = &description["interfaces"][0]["functions"][0];
    assert_eq!(function["docs"], "Add.");
    assert_eq!(function["params"][0]["docs"], "The first one.");
    assert_eq!(function["params"][1]["default"], 2);
    assert_eq!(function["params"][1]["range"], json!([1, 9]));
    assert_eq!(function["params"][1]["unit"], "times");
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let field = |text: &str| read(&format!("/// R.\nrecord r {{\n{text}\n}}\n")).expect_err("it is refused");
    for (error, part) in [
        (field("a: bool,"), "docs are missing"),
        (field("/// A.\na: option<bool>,"), "needs a @default"),
        (field("/// A.\n/// @default true\na: bool,"), "only an option"),
        (field("/// A.\na: u32,"), "needs @range"),
        (field("/// A.\n/// @range 1-9\na: u32,"), "write 1..=100"),
        (field("/// A.\n/// @range 1..=300\n/// @default 3\na: option<u8>,"), "does not fit the type"),
        (field("/// A.\n/// @range 1..=3\n/// @default 4\na: option<u8>,"), "not an allowed value"),
        (field("/// A.\n/// @colour red\na: bool,"), "no such tag"),
        (read("f: func();\n").expect_err("no docs"), "docs are missing"),
        (read("/// F.\nf: func(a: bool);\n").expect_err("no @param"), "@param a"),
        (read("/// F.\n/// @param b No.\nf: func();\n").expect_err("no b"), "no such parameter"),
    ] {
        assert!(error.contains(part), "'{error}' should contain '{part}'");
    }
}
