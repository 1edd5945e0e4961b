//! Python stubs (`.pyi`), so that editors and type checkers know what is derived at run time.

use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt::Write as _;
use wasmcell_inspect::description::{Case, Description, Field, Function, Kind, TypeDef, TypeRef};

/// The stubs of a module: its types, its functions, and `Steps`, the methods that its pipelines have.
///
/// # Errors
/// The description refers to types that it does not hold.
pub fn python(description: &Description) -> Result<String> {
    let mut out = format!("\"\"\"{}\n\nDerived from the WIT.\n\"\"\"\n\n", description.docs);
    out.push_str(
        "from array import array\nfrom collections.abc import Iterable, Sequence\nfrom typing import Any, Literal, NamedTuple, Self, overload\n\n\
         from typing_extensions import Buffer\n\nfrom wasmcell.abi.values import Case, Err, Ok, Some\n",
    );
    let python = Python { description };
    for ty in &description.types {
        python.type_def(&mut out, ty)?;
    }
    for interface in &description.interfaces {
        for function in interface.functions.iter().filter(|f| !f.name.starts_with('[')) {
            out.push('\n');
            python.function(&mut out, "", &function.name, None, function)?;
        }
    }
    python.steps(&mut out)?;
    Ok(out)
}

struct Python<'a> {
    description: &'a Description,
}

impl Python<'_> {
    fn type_def(&self, out: &mut String, ty: &TypeDef) -> Result<()> {
        let Some(name) = &ty.name else { return Ok(()) };
        let class = camel(name);
        match &ty.kind {
            Kind::Record(fields) => {
                write!(out, "\nclass {class}(NamedTuple):\n{}", docstring("    ", &ty.docs))?;
                for field in fields {
                    // At run time such a field has a number for its name: tuples have methods of these names.
                    let taken = ["count", "index"].contains(&field.name.as_str());
                    writeln!(
                        out,
                        "    {}: {}{}\n{}",
                        snake(&field.name),
                        self.returned(&field.ty)?,
                        if taken { "  # type: ignore[assignment]" } else { "" },
                        docstring("    ", &field.docs).trim_end()
                    )?;
                }
            }
            Kind::Enum(labels) => {
                writeln!(out, "\n{class} = Literal[{}]", quoted(labels.iter().map(|label| &label.name)))?
            }
            Kind::Flags(labels) => {
                writeln!(out, "\n{class} = frozenset[Literal[{}]]", quoted(labels.iter().map(|label| &label.name)))?
            }
            Kind::Variant(_) => writeln!(out, "\n{class} = Case")?,
            Kind::Resource(_) => self.resource(out, name, &ty.docs)?,
            kind => writeln!(out, "\n{class} = {}", self.kind(kind, false)?)?,
        }
        Ok(())
    }

    fn resource(&self, out: &mut String, name: &str, docs: &str) -> Result<()> {
        write!(out, "\nclass {}:\n{}", camel(name), docstring("    ", docs))?;
        for function in self.description.interfaces.iter().flat_map(|interface| &interface.functions) {
            if function.name == format!("[constructor]{name}") {
                self.function(out, "    ", "__init__", Some("self"), function)?;
            } else if let Some(method) = function.name.strip_prefix(&format!("[method]{name}.")) {
                self.function(out, "    ", method, Some("self"), function)?;
            } else if let Some(method) = function.name.strip_prefix(&format!("[static]{name}.")) {
                writeln!(out, "    @staticmethod")?;
                self.function(out, "    ", method, None, function)?;
            }
        }
        Ok(())
    }

    fn function(
        &self,
        out: &mut String,
        indent: &str,
        name: &str,
        first: Option<&str>,
        function: &Function,
    ) -> Result<()> {
        let fields: Vec<Field> = function.params.iter().filter(|p| p.name != "self").cloned().collect();
        let result = match &function.result {
            _ if name == "__init__" => "None".to_owned(),
            // Failures are raised.
            Some(TypeRef::Index(index)) => match &self.description.types[*index].kind {
                Kind::Result { ok, .. } => ok.as_ref().map_or(Ok("None".to_owned()), |ok| self.returned(ok))?,
                _ => self.returned(&TypeRef::Index(*index))?,
            },
            Some(ty) => self.returned(ty)?,
            None => "None".to_owned(),
        };
        let params = self.params(first, None, &fields, Self::given)?;
        writeln!(
            out,
            "{indent}def {}({params}) -> {result}:\n{}",
            snake(name),
            docstring(&format!("{indent}    "), &function.docs)
        )?;
        Ok(())
    }

    /// The methods of a pipeline: one for each case of `step`, and an overload of `encode` for each
    /// case of `output`.
    fn steps(&self, out: &mut String) -> Result<()> {
        let cases = |wanted: &str| {
            self.description.types.iter().find_map(|ty| match (&ty.name, &ty.kind) {
                (Some(name), Kind::Variant(cases)) if name == wanted => Some(cases.as_slice()),
                _ => None,
            })
        };
        let Some(steps) = cases("step") else { return Ok(()) };
        out.push_str("\nclass Steps:\n    \"\"\"What a pipeline of this module can do, a method each.\"\"\"\n\n");
        for case in steps {
            let params = self.params(Some("self"), None, &self.payload(case), Self::accepted)?;
            writeln!(out, "    def {}({params}) -> Self:\n{}", snake(&case.name), docstring("        ", &case.docs))?;
        }
        if let Some((docs, fields)) = self.record("decode") {
            let params = self.params(Some("self"), None, fields, Self::accepted)?;
            writeln!(out, "    def decode({params}) -> Self:\n{}", docstring("        ", docs))?;
        }
        let outputs = cases("output").unwrap_or_default();
        let overload = if outputs.len() > 1 { "    @overload\n" } else { "" };
        for case in outputs {
            let format = format!("format: Literal[\"{}\"]", case.name);
            let params = self.params(Some("self"), Some(&format), &self.payload(case), Self::accepted)?;
            writeln!(out, "{overload}    def encode({params}) -> Self:\n{}", docstring("        ", &case.docs))?;
        }
        Ok(())
    }

    fn record(&self, wanted: &str) -> Option<(&str, &[Field])> {
        self.description.types.iter().find_map(|ty| match (&ty.name, &ty.kind) {
            (Some(name), Kind::Record(fields)) if name == wanted => Some((ty.docs.as_str(), fields.as_slice())),
            _ => None,
        })
    }

    /// The fields of a case's record.
    fn payload(&self, case: &Case) -> Vec<Field> {
        match &case.ty {
            Some(TypeRef::Index(index)) => match &self.description.types[*index].kind {
                Kind::Record(fields) => fields.clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Required fields by position, optional ones by keyword, those that the host fills in left out.
    fn params(
        &self,
        first: Option<&str>,
        second: Option<&str>,
        fields: &[Field],
        named: fn(&Self, &TypeRef) -> Result<String>,
    ) -> Result<String> {
        let mut params: Vec<String> = first.into_iter().chain(second).map(ToOwned::to_owned).collect();
        let visible: Vec<&Field> = fields.iter().filter(|field| !self.is_host(&field.ty)).collect();
        for field in visible.iter().filter(|field| self.option(&field.ty).is_none()) {
            params.push(format!("{}: {}", snake(&field.name), self.values(field, &field.ty, named)?));
        }
        let optional: Vec<_> = visible.iter().filter_map(|field| Some((field, self.option(&field.ty)?))).collect();
        if !optional.is_empty() {
            params.push("*".to_owned());
        }
        for (field, inner) in optional {
            let mut ty = self.values(field, inner, named)?;
            if field.tags.default.is_none() {
                ty += " | None";
            }
            params.push(format!("{}: {ty} = {}", snake(&field.name), literal(field.tags.default.as_ref())));
        }
        Ok(params.join(", "))
    }

    fn option(&self, ty: &TypeRef) -> Option<&TypeRef> {
        match ty {
            TypeRef::Index(index) => match &self.description.types[*index].kind {
                Kind::Option(inner) => Some(inner),
                _ => None,
            },
            TypeRef::Primitive(_) => None,
        }
    }

    fn is_host(&self, ty: &TypeRef) -> bool {
        matches!(ty, TypeRef::Index(index) if self.description.types[*index].host.is_some())
    }

    /// The type of a value that a call returns.
    fn returned(&self, ty: &TypeRef) -> Result<String> {
        self.annotation(ty, false)
    }

    /// The type of a value that is given to a call.
    fn given(&self, ty: &TypeRef) -> Result<String> {
        self.annotation(ty, true)
    }

    /// The type of an option of a pipeline's method, which takes more than a call does: a file by its path, one text
    /// for a list of one, a mapping or a tuple for a record.
    fn accepted(&self, ty: &TypeRef) -> Result<String> {
        let TypeRef::Index(index) = ty else { return self.given(ty) };
        Ok(match &self.description.types.get(*index).context("a type is missing")?.kind {
            Kind::List(TypeRef::Primitive(name)) if name == "u8" => "Any".to_owned(),
            Kind::List(TypeRef::Primitive(name)) if name == "string" => "str | Sequence[str]".to_owned(),
            Kind::List(inner) => match self.accepted(inner)?.as_str() {
                "Any" => "Any".to_owned(), // records, which a mapping may stand for
                inner => format!("Sequence[{inner}]"),
            },
            Kind::Flags(labels) => format!("Iterable[Literal[{}]]", quoted(labels.iter().map(|label| &label.name))),
            Kind::Record(_) => "Any".to_owned(),
            Kind::Alias(inner) => self.accepted(inner)?,
            _ => self.given(ty)?,
        })
    }

    /// The type of a field or parameter: the values that a tag lists, or all of its type.
    fn values(&self, field: &Field, ty: &TypeRef, named: fn(&Self, &TypeRef) -> Result<String>) -> Result<String> {
        match &field.tags.values {
            Some(values) => {
                Ok(format!("Literal[{}]", values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")))
            }
            None => named(self, ty),
        }
    }

    fn annotation(&self, ty: &TypeRef, given: bool) -> Result<String> {
        match ty {
            TypeRef::Primitive(name) => Ok(match name.as_str() {
                "bool" => "bool",
                "string" | "char" => "str",
                "f32" | "f64" => "float",
                _ => "int",
            }
            .to_owned()),
            TypeRef::Index(index) => {
                let ty = self.description.types.get(*index).context("a type is missing")?;
                match &ty.name {
                    Some(name) if !(given && matches!(ty.kind, Kind::List(_))) => Ok(camel(name)),
                    _ => self.kind(&ty.kind, given),
                }
            }
        }
    }

    fn kind(&self, kind: &Kind, given: bool) -> Result<String> {
        let nested = |ty: &TypeRef| self.annotation(ty, given);
        let optional = |ty: &Option<TypeRef>| ty.as_ref().map_or(Ok("None".to_owned()), nested);
        Ok(match kind {
            Kind::List(TypeRef::Primitive(name)) if name == "u8" => if given { "Buffer" } else { "bytes" }.to_owned(),
            Kind::List(TypeRef::Primitive(name)) if !given && !["bool", "char", "string"].contains(&name.as_str()) => {
                format!("array[{}]", nested(&TypeRef::Primitive(name.clone()))?)
            }
            Kind::List(inner) => format!("list[{}]", nested(inner)?),
            Kind::Tuple(types) => {
                format!("tuple[{}]", types.iter().map(nested).collect::<Result<Vec<_>>>()?.join(", "))
            }
            Kind::Option(inner) if self.option(inner).is_some() => "Some[Any] | None".to_owned(),
            Kind::Option(inner) => format!("{} | None", nested(inner)?),
            Kind::Result { ok, err } => format!("Ok[{}] | Err[{}]", optional(ok)?, optional(err)?),
            Kind::Own(inner) | Kind::Borrow(inner) | Kind::Alias(inner) => nested(inner)?,
            _ => "Any".to_owned(),
        })
    }
}

fn quoted<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn docstring(indent: &str, docs: &str) -> String {
    format!("{indent}\"\"\"{}\"\"\"\n", docs.replace('\n', &format!("\n{indent}")))
}

fn literal(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "None".to_owned(),
        Some(Value::Bool(true)) => "True".to_owned(),
        Some(Value::Bool(false)) => "False".to_owned(),
        Some(value) => value.to_string(),
    }
}

fn camel(name: &str) -> String {
    name.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

/// The name in Python; a keyword gets an underscore behind it.
fn snake(name: &str) -> String {
    let name = name.replace('-', "_");
    match name.as_str() {
        "and" | "as" | "class" | "def" | "del" | "from" | "global" | "import" | "in" | "is" | "lambda" | "not"
        | "or" | "pass" | "raise" | "return" | "with" | "yield" => name + "_",
        _ => name,
    }
}
