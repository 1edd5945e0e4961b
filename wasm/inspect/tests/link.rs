//! Link plans of components that are written by hand, so that what is expected can be read off.
#![allow(missing_docs)]

use serde_json::{Value, json};
use wasmcell_inspect::describe;

fn plan(text: &str) -> Value {
    let component = wat::parse_str(text).expect("the test's text is valid");
    serde_json::to_value(describe(&component, None).expect("it can be linked")).expect("it is JSON")
}

fn refusal(text: &str) -> String {
    let component = wat::parse_str(text).expect("the test's text is valid");
    format!("{:#}", describe(&component, None).expect_err("it cannot be linked"))
}

/// A resource whose destructor lies in the module that needs the resource's functions: the knot
/// that a shim with a table unties. One interface, exported through a nested component.
const RESOURCE: &str = r#"
(component
  (core module $shim
    (table (export "table") 1 1 funcref)
    (func (export "0") (param i32) local.get 0 i32.const 0 call_indirect (param i32)))
  (core module $main
    (import "host" "make" (func $make (param i32) (result i32)))
    (import "host" "forget" (func (param i32)))
    (memory (export "memory") 1 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0)
    (func (export "drop") (param i32))
    (func (export "new") (result i32) i32.const 7 call $make)
    (func (export "name") (param i32) (result i32) i32.const 0)
    (func (export "free") (param i32)))
  (core module $fix
    (import "" "table" (table 1 1 funcref))
    (import "" "f" (func $f (param i32)))
    (elem (i32.const 0) func $f))
  (core instance $s (instantiate $shim))
  (alias core export $s "0" (core func $dtor))
  (type $thing (resource (rep i32) (dtor (core func $dtor))))
  (core func $make (canon resource.new $thing))
  (core func $forget (canon resource.drop $thing))
  (core instance $host (export "make" (func $make)) (export "forget" (func $forget)))
  (core instance $m (instantiate $main (with "host" (instance $host))))
  (alias core export $s "table" (core table $t))
  (alias core export $m "drop" (core func $drop))
  (core instance $patch (export "table" (table $t)) (export "f" (func $drop)))
  (core instance (instantiate $fix (with "" (instance $patch))))
  (type $new-type (func (result (own $thing))))
  (func $new (type $new-type) (canon lift (core func $m "new")))
  (type $name-type (func (param "self" (borrow $thing)) (result string)))
  (func $name (type $name-type)
    (canon lift (core func $m "name") (memory (core memory $m "memory")) (realloc (core func $m "realloc")) (post-return (core func $m "free"))))
  (component $wrap
    (import "thing" (type $t (sub resource)))
    (type $n (func (result (own $t))))
    (import "new" (func $new (type $n)))
    (type $m (func (param "self" (borrow $t)) (result string)))
    (import "name" (func $name (type $m)))
    (export $out "thing" (type $t))
    (type $n2 (func (result (own $out))))
    (export "[constructor]thing" (func $new) (func (type $n2)))
    (type $m2 (func (param "self" (borrow $out)) (result string)))
    (export "[method]thing.name" (func $name) (func (type $m2))))
  (instance $api (instantiate $wrap
    (with "thing" (type $thing)) (with "new" (func $new)) (with "name" (func $name))))
  (export "test:shelf/things@1.2.0" (instance $api)))
"#;

#[test]
fn instances_are_linked_in_order_with_what_fills_their_imports() {
    let plan = plan(RESOURCE);
    let export = |instance: usize, name: &str| json!({"instance": instance, "export": name});
    let import = |module: &str, name: &str, item: Value| json!({"module": module, "name": name, "item": item});
    assert_eq!(
        plan["core"]["instances"],
        json!([
            {"module": 0, "imports": []},
            {"module": 1, "imports": [
                import("host", "make", json!({"resource-new": 0})),
                import("host", "forget", json!({"resource-drop": 0})),
            ]},
            {"module": 2, "imports": [
                import("", "table", export(0, "table")),
                import("", "f", export(1, "drop")),
            ]},
        ])
    );
    assert_eq!(plan["core"]["resources"], json!([{"name": "thing", "destructor": export(0, "0")}]));
}

#[test]
fn functions_are_found_through_the_nested_component() {
    let plan = plan(RESOURCE);
    assert_eq!(
        (&plan["module"], &plan["package"], &plan["version"]),
        (&json!("shelf"), &json!("test:shelf"), &json!("1.2.0"))
    );
    let interface = &plan["interfaces"][0];
    assert_eq!(interface["name"], "test:shelf/things@1.2.0");
    let functions = interface["functions"].as_array().expect("a list");
    let named = |name: &str| functions.iter().find(|f| f["name"] == name).expect("it is there");
    let core = &named("[method]thing.name")["core"];
    assert_eq!(core["function"], json!({"instance": 1, "export": "name"}));
    assert_eq!(core["memory"], json!({"instance": 1, "export": "memory"}));
    assert_eq!(core["realloc"], json!({"instance": 1, "export": "realloc"}));
    assert_eq!(core["post-return"], json!({"instance": 1, "export": "free"}));
    assert_eq!(named("[constructor]thing")["core"]["memory"], Value::Null);
}

#[test]
fn core_modules_are_slices_of_the_component() {
    let component = wat::parse_str(RESOURCE).expect("valid");
    let plan = plan(RESOURCE);
    let modules = plan["core"]["modules"].as_array().expect("a list");
    assert_eq!(modules.len(), 3);
    for module in modules {
        let number = |key: &str| usize::try_from(module[key].as_u64().expect("a number")).expect("small");
        let slice = &component[number("offset")..number("offset") + number("size")];
        assert!(wasmparser::validate(slice).is_ok(), "a slice is a module of its own");
    }
}

#[test]
fn what_needs_a_host_is_refused() {
    let import = refusal(r#"(component (import "clock" (func)))"#);
    assert!(import.contains("imports 'clock'") && import.contains("closed"), "{import}");
    let utf16 = refusal(
        r#"(component
          (core module $m (memory (export "m") 1) (func (export "f") (result i32) i32.const 0)
            (func (export "r") (param i32 i32 i32 i32) (result i32) i32.const 0))
          (core instance $i (instantiate $m))
          (type $t (func (result string)))
          (func $f (type $t) (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "r")) string-encoding=utf16))
          (export "f" (func $f)))"#,
    );
    assert!(utf16.contains("UTF16"), "{utf16}");
}

#[test]
fn what_would_be_linked_wrongly_is_refused() {
    // What `alias outer` means depends on where a component was defined, not on where it is instantiated.
    let closure = refusal(
        r#"(component
          (core module $m (func (export "f") (result i32) i32.const 1))
          (component $inner
            (alias outer 1 0 (core module $m))
            (core instance $i (instantiate $m))
            (func (export "f") (result u32) (canon lift (core func $i "f"))))
          (instance $i (instantiate $inner))
          (alias export $i "f" (func $f))
          (export "f" (func $f)))"#,
    );
    assert!(closure.contains("from around it"), "{closure}");
    // To another component than the one that defines a resource, a borrow goes over as a handle.
    let borrow = refusal(
        r#"(component
          (type $r (resource (rep i32)))
          (component $user
            (import "r" (type $r (sub resource)))
            (core module $m (func (export "use") (param i32)))
            (core instance $i (instantiate $m))
            (type $t (func (param "it" (borrow $r))))
            (func $use (type $t) (canon lift (core func $i "use")))
            (export "use" (func $use)))
          (instance $user (instantiate $user (with "r" (type $r))))
          (component $wrap
            (import "r" (type $r (sub resource)))
            (type $t (func (param "it" (borrow $r))))
            (import "use" (func $use (type $t)))
            (export $out "r" (type $r))
            (type $t2 (func (param "it" (borrow $out))))
            (export "use" (func $use) (func (type $t2))))
          (alias export $user "use" (func $use))
          (instance $api (instantiate $wrap (with "r" (type $r)) (with "use" (func $use))))
          (export "test:a/api" (instance $api)))"#,
    );
    assert!(borrow.contains("borrows a resource of another one"), "{borrow}");
}

#[test]
fn what_is_no_component_is_refused() {
    for bytes in [&b""[..], b"%PDF-1.7", b"\0asm\x01\0\0\0", &wat::parse_str("(component)").expect("valid")[..6]] {
        assert!(describe(bytes, None).is_err(), "{bytes:?}");
    }
}
