//! Build-time help for modules.
//!
//! WIT has no defaults and no ranges; its doc tags carry them. [`arguments`] turns the tags into
//! Rust, so that a module gets its options filled in and checked without writing either by hand:
//! for a WIT record `resize` there is a struct `args::Resize` with the same fields, in which an
//! `option<T>` with a default has become a `T`, and a `TryFrom<wit::Resize>` that checks ranges and
//! listed values.

use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};
use wasmcell_inspect::description::{Description, Field, Kind, TypeDef, TypeRef};
use wasmcell_inspect::interface;

/// Write `args.rs` into `OUT_DIR`, for the module whose build script calls this.
///
/// # Panics
/// The WIT is wrong; the message says where.
pub fn arguments() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let module = root.file_name().expect("a module lies in a folder").to_string_lossy().into_owned();
    let wit = root.join("../wit");
    println!("cargo::rerun-if-changed={}", wit.join("core").display());
    println!("cargo::rerun-if-changed={}", wit.join(&module).display());
    let code = read_wit(&wit, &module).and_then(|description| code(&description));
    let code = code.unwrap_or_else(|error| panic!("wit/{module}: {error:#}"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("args.rs"), code).expect("OUT_DIR can be written");
}

/// Describe the WIT of a module: the package in `<wit>/<module>`, on top of `<wit>/core`.
///
/// # Errors
/// A file cannot be read, or [`interface::from_wit`] refuses what it says.
pub fn read_wit(wit: &Path, module: &str) -> Result<Description> {
    let mut packages = Vec::new();
    for package in ["core", module] {
        let file = wit.join(package).join(format!("{package}.wit"));
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        packages.push((format!("{package}/{package}.wit"), text));
    }
    interface::from_wit(&packages)
}

fn code(description: &Description) -> Result<String> {
    let mut out = String::from("// Derived from the WIT.\n");
    for ty in &description.types {
        if let (Some(name), Kind::Record(fields)) = (&ty.name, &ty.kind)
            && fields.iter().any(|field| is_tagged(description, field))
        {
            record(&mut out, description, name, ty, fields)?;
        }
    }
    Ok(out)
}

fn is_tagged(description: &Description, field: &Field) -> bool {
    field.tags.range.is_some() || field.tags.values.is_some() || option(description, &field.ty).is_some()
}

fn record(out: &mut String, description: &Description, name: &str, ty: &TypeDef, fields: &[Field]) -> Result<()> {
    let rust = camel(name);
    let docs = ty.docs.replace('\n', " ");
    writeln!(out, "/// {docs}\n#[derive(Clone, Debug)]\n#[allow(dead_code)]\npub struct {rust} {{")?;
    for field in fields {
        writeln!(
            out,
            "    /// {}\n    pub {}: {},",
            field.docs.replace('\n', " "),
            snake(&field.name),
            resolved(description, field)
        )?;
    }
    writeln!(out, "}}\n")?;
    writeln!(out, "impl TryFrom<wit::{rust}> for {rust} {{\n    type Error = wit::Error;\n")?;
    writeln!(out, "    fn try_from(given: wit::{rust}) -> Result<Self, wit::Error> {{")?;
    for field in fields {
        let ident = snake(&field.name);
        let default = match (&field.tags.default, option(description, &field.ty)) {
            (Some(default), Some(inner)) => format!(".unwrap_or_else(|| {})", literal(description, inner, default)?),
            _ => String::new(),
        };
        writeln!(out, "        let {ident} = given.{ident}{default};")?;
        check(out, description, name, field)?;
    }
    let idents: Vec<_> = fields.iter().map(|field| snake(&field.name)).collect();
    writeln!(out, "        Ok(Self {{ {} }})\n    }}\n}}\n", idents.join(", "))?;
    if fields.iter().all(|field| option(description, &field.ty).is_some()) {
        writeln!(out, "impl Default for {rust} {{\n    fn default() -> Self {{\n        Self {{")?;
        for field in fields {
            let inner = option(description, &field.ty).expect("all are options");
            let value = match &field.tags.default {
                Some(default) => literal(description, inner, default)?,
                None => "None".to_owned(),
            };
            writeln!(out, "            {}: {value},", snake(&field.name))?;
        }
        writeln!(out, "        }}\n    }}\n}}\n")?;
    }
    Ok(())
}

/// Code that refuses a value which the tags do not allow.
fn check(out: &mut String, description: &Description, record: &str, field: &Field) -> Result<()> {
    let ident = snake(&field.name);
    let unit = field.tags.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let inner = option(description, &field.ty).unwrap_or(&field.ty);
    let (allowed, wanted) = if let Some([min, max]) = &field.tags.range {
        let bound = |value: &serde_json::Value| match value {
            serde_json::Value::Null => Ok(None),
            value => literal(description, inner, value).map(Some),
        };
        let (range, words) = match (bound(min)?, bound(max)?) {
            (Some(low), Some(high)) => (format!("{low}..={high}"), format!("from {min} to {max}")),
            (Some(low), None) => (format!("{low}.."), format!("{min} or more")),
            (None, Some(high)) => (format!("..={high}"), format!("{max} or less")),
            (None, None) => return Ok(()),
        };
        (format!("({range}).contains(*value)"), format!("{words}{unit}"))
    } else if let Some(values) = &field.tags.values {
        let literals = values.iter().map(|v| literal(description, inner, v)).collect::<Result<Vec<_>>>()?;
        let names = values.iter().map(ToString::to_string).collect::<Vec<_>>();
        (format!("[{}].contains(*value)", literals.join(", ")), format!("{}{unit}", names.join(", ")))
    } else {
        return Ok(());
    };
    let is_optional = option(description, &field.ty).is_some() && field.tags.default.is_none();
    let values = if is_optional { format!("{ident}.iter()") } else { format!("std::iter::once(&{ident})") };
    writeln!(
        out,
        "        if let Some(value) = {values}.find(|value| !{}) {{\n            \
         return Err(wit::Error::InvalidArgument(format!(\"{record}: {} must be {wanted}, not {{value}}\")));\n        }}",
        allowed, field.name,
    )?;
    Ok(())
}

/// The type inside an option.
fn option<'a>(description: &'a Description, ty: &TypeRef) -> Option<&'a TypeRef> {
    match ty {
        TypeRef::Index(index) => match &description.types[*index].kind {
            Kind::Option(inner) => Some(inner),
            _ => None,
        },
        TypeRef::Primitive(_) => None,
    }
}

/// The Rust type of a field once its default is filled in.
fn resolved(description: &Description, field: &Field) -> String {
    match option(description, &field.ty) {
        Some(inner) if field.tags.default.is_some() => rust_type(description, inner),
        _ => rust_type(description, &field.ty),
    }
}

fn rust_type(description: &Description, ty: &TypeRef) -> String {
    let nested = |ty: &TypeRef| rust_type(description, ty);
    let optional = |ty: &Option<TypeRef>| ty.as_ref().map_or_else(|| "()".to_owned(), &nested);
    match ty {
        TypeRef::Primitive(name) => match name.as_str() {
            "string" => "String".to_owned(),
            name if name.starts_with('s') => name.replacen('s', "i", 1),
            name => name.to_owned(),
        },
        TypeRef::Index(index) => {
            let ty = &description.types[*index];
            match (&ty.kind, &ty.name) {
                (_, Some(name)) => format!("wit::{}", camel(name)),
                (Kind::Option(inner), _) => format!("Option<{}>", nested(inner)),
                (Kind::List(inner), _) => format!("Vec<{}>", nested(inner)),
                (Kind::Tuple(types), _) => format!("({})", types.iter().map(|ty| nested(ty) + ",").collect::<String>()),
                (Kind::Result { ok, err }, _) => format!("Result<{}, {}>", optional(ok), optional(err)),
                (Kind::Own(inner), _) => nested(inner),
                (Kind::Borrow(inner), _) => format!("{}Borrow<'_>", nested(inner)),
                (_, None) => unreachable!("other kinds of types have names"),
            }
        }
    }
}

/// A tag's value as Rust.
fn literal(description: &Description, ty: &TypeRef, value: &serde_json::Value) -> Result<String> {
    Ok(match ty {
        TypeRef::Primitive(name) if name == "string" => format!("{value}.to_owned()"),
        TypeRef::Primitive(name) if name == "char" => {
            format!("{:?}", value.as_str().and_then(|s| s.chars().next()).context("no char")?)
        }
        TypeRef::Primitive(name) if name == "bool" => value.to_string(),
        TypeRef::Primitive(_) => format!("{value}{}", rust_type(description, ty)),
        TypeRef::Index(index) => match (&description.types[*index].kind, value.as_str()) {
            (Kind::Enum(_), Some(label)) => format!("{}::{}", rust_type(description, ty), camel(label)),
            (Kind::Alias(inner), _) => literal(description, inner, value)?,
            _ => anyhow::bail!("a default of this type cannot be written in Rust"),
        },
    })
}

fn camel(name: &str) -> String {
    name.split('-')
        .map(|part| {
            let mut chars = part.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
        })
        .collect()
}

fn snake(name: &str) -> String {
    let name = name.replace('-', "_");
    // As wit-bindgen writes names that are Rust's own words.
    const KEYWORDS: &str = " as async await box break const continue crate dyn else enum extern false fn for gen if impl \
                            in let loop match mod move mut pub ref return self static struct super trait true type \
                            unsafe use where while yield ";
    if KEYWORDS.contains(&format!(" {name} ")) { name + "_" } else { name }
}
