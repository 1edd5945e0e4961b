//! The interface half of a description: types and functions, with what their doc comments say.

use crate::description::{Case, Core, Description, FORMAT, Field, Function, Interface, Kind, Label, TypeDef, TypeRef};
use crate::tags::{self, Doc, Domain};
use anyhow::{Context, Result, bail, ensure};
use std::collections::HashMap;
use wit_parser::{
    self as wit, FunctionKind, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, WorldId, WorldItem,
};

/// Whether everything must be documented: it must in WIT sources, it cannot be in a bare binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Docs {
    /// Complain about missing docs and tags.
    Required,
    /// Take what is there.
    Optional,
}

/// Describe the world `module` of the last of these WIT packages (texts with their file names).
///
/// # Errors
/// The WIT does not parse, or a doc comment or tag is missing or wrong.
pub fn from_wit(packages: &[(String, String)]) -> Result<Description> {
    let mut resolve = Resolve::default();
    let mut package = None;
    for (name, text) in packages {
        let pushed = resolve.push_str(name, text).with_context(|| format!("cannot read {name}"))?;
        package = Some(pushed);
    }
    let package = package.context("no WIT given")?;
    let world = resolve.select_world(&[package], Some("module"))?;
    from_world(&resolve, world, Docs::Required)
}

/// Describe what a world exports.
pub(crate) fn from_world(resolve: &Resolve, world: WorldId, docs: Docs) -> Result<Description> {
    let mut reader = Reader { resolve, docs, types: Vec::new(), known: HashMap::new(), resources: 0 };
    let mut interfaces = Vec::new();
    let mut package = resolve.worlds[world].package;
    let mut bare = Vec::new();
    for item in resolve.worlds[world].exports.values() {
        match item {
            WorldItem::Interface { id, .. } => {
                interfaces.push(reader.interface(*id)?);
                let owner = resolve.interfaces[*id].package;
                if owner.is_some_and(|p| resolve.packages[p].name.name != "core") {
                    package = owner;
                }
            }
            WorldItem::Function(function) => bare.push(reader.function(function)?),
            WorldItem::Type { .. } => {}
        }
    }
    if !bare.is_empty() {
        interfaces.push(Interface { name: String::new(), docs: String::new(), functions: bare });
    }
    let package = &resolve.packages[package.context("the world belongs to no package")?];
    Ok(Description {
        wasmcell: FORMAT,
        module: package.name.name.clone(),
        package: format!("{}:{}", package.name.namespace, package.name.name),
        version: package.name.version.as_ref().map(ToString::to_string).unwrap_or_default(),
        docs: package.docs.contents.clone().unwrap_or_default().trim().to_owned(),
        types: reader.types,
        interfaces,
        core: Core::default(),
    })
}

struct Reader<'a> {
    resolve: &'a Resolve,
    docs: Docs,
    types: Vec<TypeDef>,
    known: HashMap<TypeId, usize>,
    resources: usize,
}

impl Reader<'_> {
    fn interface(&mut self, id: InterfaceId) -> Result<Interface> {
        let interface = &self.resolve.interfaces[id];
        let name = self.resolve.id_of(id).context("an exported interface has no name")?;
        for ty in interface.types.values() {
            self.type_def(*ty).with_context(|| name.clone())?;
        }
        let functions = interface
            .functions
            .values()
            .map(|f| self.function(f).with_context(|| format!("{name}: {}", f.name)))
            .collect::<Result<_>>()?;
        Ok(Interface { docs: Doc::parse(interface.docs.contents.as_deref()).text, name, functions })
    }

    fn function(&mut self, function: &wit::Function) -> Result<Function> {
        ensure!(
            matches!(
                function.kind,
                FunctionKind::Freestanding
                    | FunctionKind::Method(_)
                    | FunctionKind::Static(_)
                    | FunctionKind::Constructor(_)
            ),
            "asynchronous functions and accessors are not supported"
        );
        let doc = self.doc(&function.docs, &function.name)?;
        let params = function
            .params
            .iter()
            .map(|param| {
                let is_self = param.name == "self" && matches!(function.kind, FunctionKind::Method(_));
                let own = match doc.param(&param.name) {
                    Some(own) => own,
                    None if is_self => Doc::parse(None),
                    None if self.docs == Docs::Required => bail!("no '@param {} …' in the docs", param.name),
                    None => Doc::parse(None),
                };
                self.field(&param.name, &param.ty, own, is_self)
            })
            .collect::<Result<Vec<_>>>()?;
        for named in doc.params() {
            ensure!(params.iter().any(|p| p.name == named), "@param {named}: there is no such parameter");
        }
        let result = function.result.as_ref().map(|ty| self.type_ref(ty)).transpose()?;
        Ok(Function { name: function.name.clone(), docs: doc.text, params, result, core: None })
    }

    fn field(&mut self, name: &str, ty: &Type, doc: Doc, is_self: bool) -> Result<Field> {
        let domain = self.domain(ty);
        let ty_ref = self.type_ref(ty)?;
        let (tags, has_default) = tags::read(&doc.tags, &domain).with_context(|| name.to_owned())?;
        if self.docs == Docs::Required && !is_self {
            ensure!(!doc.text.is_empty(), "{name}: docs are missing");
            let optional = self.is_option(ty);
            ensure!(!optional || has_default, "{name}: an option needs a @default (which may be none)");
            ensure!(optional || !has_default, "{name}: only an option<…> can have a @default");
            let bounded = tags.range.is_some() || tags.values.is_some() || tags.unit.is_some();
            ensure!(
                !domain.is_number() || bounded || !self.is_input(ty),
                "{name}: a number needs @range, @values or @unit"
            );
        }
        Ok(Field { name: name.to_owned(), ty: ty_ref, docs: doc.text, tags })
    }

    /// Numbers without bounds are fine where the whole range of the type makes sense: 8-bit and
    /// 64-bit ones.
    fn is_input(&self, ty: &Type) -> bool {
        !matches!(self.unwrapped(ty), Type::U8 | Type::S8 | Type::U64 | Type::S64)
    }

    fn doc(&self, docs: &wit::Docs, what: &str) -> Result<Doc> {
        let doc = Doc::parse(docs.contents.as_deref());
        ensure!(self.docs == Docs::Optional || !doc.text.is_empty(), "{what}: docs are missing");
        Ok(doc)
    }

    fn label(&self, name: &str, docs: &wit::Docs) -> Result<Label> {
        Ok(Label { name: name.to_owned(), docs: self.doc(docs, name)?.text })
    }

    fn type_ref(&mut self, ty: &Type) -> Result<TypeRef> {
        Ok(match ty {
            Type::Id(id) => TypeRef::Index(self.type_def(*id)?),
            Type::ErrorContext => bail!("error-context is not supported"),
            primitive => TypeRef::Primitive(primitive_name(primitive).to_owned()),
        })
    }

    fn type_def(&mut self, id: TypeId) -> Result<usize> {
        if let Some(index) = self.known.get(&id) {
            return Ok(*index);
        }
        let ty = &self.resolve.types[id];
        // A `use` gives a name of the same type in another interface: the type is the first one.
        if let TypeDefKind::Type(Type::Id(original)) = ty.kind
            && self.resolve.types[original].owner != ty.owner
        {
            let index = self.type_def(original)?;
            self.known.insert(id, index);
            return Ok(index);
        }
        let what = ty.name.clone().unwrap_or_default();
        let kind = self.kind(&ty.kind).with_context(|| what.clone())?;
        let doc = match ty.name {
            Some(_) => self.doc(&ty.docs, &what)?,
            None => Doc::parse(None),
        };
        let mut host = None;
        for (name, value) in &doc.tags {
            ensure!(name == "host", "{what}: @{name} does not belong here");
            host = Some(value.parse().with_context(|| format!("{what}: @host {value} is no number of bytes"))?);
        }
        let interface = match ty.owner {
            wit::TypeOwner::Interface(owner) => self.resolve.id_of(owner),
            _ => None,
        };
        let interface = ty.name.as_ref().and(interface);
        let def = TypeDef { name: ty.name.clone(), interface, docs: doc.text, host, kind };
        let index = match self.types.iter().position(|other| *other == def) {
            Some(same) => same,
            None => {
                self.types.push(def);
                self.types.len() - 1
            }
        };
        self.known.insert(id, index);
        Ok(index)
    }

    fn kind(&mut self, kind: &TypeDefKind) -> Result<Kind> {
        Ok(match kind {
            TypeDefKind::Record(record) => Kind::Record(
                record
                    .fields
                    .iter()
                    .map(|f| self.field(&f.name, &f.ty, Doc::parse(f.docs.contents.as_deref()), false))
                    .collect::<Result<_>>()?,
            ),
            TypeDefKind::Tuple(tuple) => {
                Kind::Tuple(tuple.types.iter().map(|ty| self.type_ref(ty)).collect::<Result<_>>()?)
            }
            TypeDefKind::Variant(variant) => Kind::Variant(
                variant
                    .cases
                    .iter()
                    .map(|case| {
                        let Label { name, docs } = self.label(&case.name, &case.docs)?;
                        let ty = case.ty.as_ref().map(|ty| self.type_ref(ty)).transpose()?;
                        Ok(Case { name, docs, ty })
                    })
                    .collect::<Result<_>>()?,
            ),
            TypeDefKind::Enum(cases) => {
                Kind::Enum(cases.cases.iter().map(|c| self.label(&c.name, &c.docs)).collect::<Result<_>>()?)
            }
            TypeDefKind::Flags(flags) => {
                Kind::Flags(flags.flags.iter().map(|f| self.label(&f.name, &f.docs)).collect::<Result<_>>()?)
            }
            TypeDefKind::Option(ty) => Kind::Option(self.type_ref(ty)?),
            TypeDefKind::Result(result) => Kind::Result {
                ok: result.ok.as_ref().map(|ty| self.type_ref(ty)).transpose()?,
                err: result.err.as_ref().map(|ty| self.type_ref(ty)).transpose()?,
            },
            TypeDefKind::List(ty) => Kind::List(self.type_ref(ty)?),
            TypeDefKind::Resource => {
                // Numbers follow the order of definition until the link plan says better.
                self.resources += 1;
                Kind::Resource(self.resources - 1)
            }
            TypeDefKind::Handle(Handle::Own(id)) => Kind::Own(TypeRef::Index(self.type_def(*id)?)),
            TypeDefKind::Handle(Handle::Borrow(id)) => Kind::Borrow(TypeRef::Index(self.type_def(*id)?)),
            TypeDefKind::Type(ty) => Kind::Alias(self.type_ref(ty)?),
            other => bail!("type '{}' is not supported", other.as_str()),
        })
    }

    /// What the tags of a value of this type may hold.
    fn domain(&self, ty: &Type) -> Domain {
        let integer = |min: i128, max: i128| Domain::Integer { min, max };
        match self.unwrapped(ty) {
            Type::Bool => Domain::Bool,
            Type::U8 => integer(0, u8::MAX.into()),
            Type::S8 => integer(i8::MIN.into(), i8::MAX.into()),
            Type::U16 => integer(0, u16::MAX.into()),
            Type::S16 => integer(i16::MIN.into(), i16::MAX.into()),
            Type::U32 => integer(0, u32::MAX.into()),
            Type::S32 => integer(i32::MIN.into(), i32::MAX.into()),
            Type::U64 => integer(0, u64::MAX.into()),
            Type::S64 => integer(i64::MIN.into(), i64::MAX.into()),
            Type::F32 | Type::F64 => Domain::Float,
            Type::String | Type::Char => Domain::Text,
            Type::Id(id) => match &self.resolve.types[id].kind {
                TypeDefKind::Enum(e) => Domain::Labels(e.cases.iter().map(|c| c.name.clone()).collect()),
                _ => Domain::Other,
            },
            Type::ErrorContext => Domain::Other,
        }
    }

    /// The type with aliases and an option around it taken off.
    fn unwrapped(&self, ty: &Type) -> Type {
        match ty {
            Type::Id(id) => match &self.resolve.types[*id].kind {
                TypeDefKind::Option(inner) | TypeDefKind::Type(inner) => self.unwrapped(inner),
                _ => *ty,
            },
            primitive => *primitive,
        }
    }

    fn is_option(&self, ty: &Type) -> bool {
        matches!(ty, Type::Id(id) if matches!(self.resolve.types[*id].kind, TypeDefKind::Option(_)))
    }
}

const fn primitive_name(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext | Type::Id(_) => "",
    }
}
