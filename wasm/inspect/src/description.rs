//! The description as data: one JSON document, read by the hosts in Python and TypeScript.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Version of the document's own form.
pub const FORMAT: u32 = 1;

/// What is known of a module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Description {
    /// [`FORMAT`].
    pub wasmcell: u32,
    /// The module's name: the last part of its package's name.
    pub module: String,
    /// `namespace:name` of its WIT package.
    pub package: String,
    /// The package's version; empty if it has none.
    pub version: String,
    /// The package's docs.
    pub docs: String,
    /// All types; each comes before those that use it.
    pub types: Vec<TypeDef>,
    /// The exported interfaces.
    pub interfaces: Vec<Interface>,
    /// The core modules inside the component, and how to link them.
    pub core: Core,
}

/// An exported interface.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interface {
    /// Its full name, `namespace:package/interface@version`; empty for the world's own functions.
    pub name: String,
    /// Its docs.
    pub docs: String,
    /// Its functions, those of resources included.
    pub functions: Vec<Function>,
}

/// A primitive type's name, or an index into [`Description::types`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TypeRef {
    /// An index into [`Description::types`].
    Index(usize),
    /// `bool`, `u8`, …, `char`, `string`.
    Primitive(String),
}

/// A type that is not primitive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeDef {
    /// Its name; anonymous types have none.
    pub name: Option<String>,
    /// The interface that defines it.
    pub interface: Option<String>,
    /// Its docs, without tags.
    pub docs: String,
    /// The host fills values of this type in, with so many bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<u32>,
    /// What it is made of.
    #[serde(flatten)]
    pub kind: Kind,
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Named fields.
    Record(Vec<Field>),
    /// Fields by position.
    Tuple(Vec<TypeRef>),
    /// One of several cases, with or without a payload.
    Variant(Vec<Case>),
    /// One of several names.
    Enum(Vec<Label>),
    /// Any of several names.
    Flags(Vec<Label>),
    /// A value or none.
    Option(TypeRef),
    /// Success or failure.
    Result {
        /// Payload of success.
        ok: Option<TypeRef>,
        /// Payload of failure.
        err: Option<TypeRef>,
    },
    /// Any number of values.
    List(TypeRef),
    /// A resource, by its number in the link plan.
    Resource(usize),
    /// An owning handle to a resource type.
    Own(TypeRef),
    /// A handle that is lent for a call.
    Borrow(TypeRef),
    /// Another name of a type.
    Alias(TypeRef),
}

/// A field of a record, or a parameter of a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type; `option<…>` makes it optional.
    #[serde(rename = "type")]
    pub ty: TypeRef,
    /// Its docs, without tags.
    pub docs: String,
    /// What the doc tags say of its values.
    #[serde(flatten)]
    pub tags: Tags,
}

/// What the tags in a doc comment say of a value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tags {
    /// `@default`: the value that stands in where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// `@range`: smallest and largest value, both allowed; null where open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[Value; 2]>,
    /// `@values`: the values that are allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Value>>,
    /// `@unit`: what is counted or measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A case of a variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Its docs.
    pub docs: String,
    /// Its payload.
    #[serde(rename = "type")]
    pub ty: Option<TypeRef>,
}

/// A case of an enum, or a flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Its docs.
    pub docs: String,
}

/// An exported function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Function {
    /// Its name; `[method]r.f`, `[static]r.f`, `[constructor]r` for those of a resource.
    pub name: String,
    /// Its docs.
    pub docs: String,
    /// Its parameters; a method's first is `self`.
    pub params: Vec<Field>,
    /// What it returns.
    pub result: Option<TypeRef>,
    /// How it is called; absent until the binary has been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core: Option<Lift>,
}

/// The core side of a lifted function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lift {
    /// The core function.
    pub function: Item,
    /// The memory that values lie in.
    pub memory: Option<Item>,
    /// Allocates in that memory.
    pub realloc: Option<Item>,
    /// Frees what a call returned.
    pub post_return: Option<Item>,
}

/// How to make the component out of its core modules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Core {
    /// Where the core modules lie in the component.
    pub modules: Vec<CoreModule>,
    /// What to instantiate, in this order.
    pub instances: Vec<CoreInstance>,
    /// The resources that the component defines.
    pub resources: Vec<Resource>,
}

/// A core module: a slice of the component.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CoreModule {
    /// First byte.
    pub offset: usize,
    /// Number of bytes.
    pub size: usize,
    /// SHA-256 of the slice, in hexadecimal.
    pub sha256: String,
}

/// An instance of a core module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CoreInstance {
    /// Index of the core module.
    pub module: usize,
    /// What it imports.
    pub imports: Vec<Import>,
}

/// An import of a core module, and what fills it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Import {
    /// First name.
    pub module: String,
    /// Second name.
    pub name: String,
    /// What fills it.
    pub item: Item,
}

/// A thing in the core index spaces: an export of an instance, or a function of the host for the
/// resource with this number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Item {
    /// An export of an instance.
    Export {
        /// Index of the instance.
        instance: usize,
        /// Its export's name.
        export: String,
    },
    /// Makes a handle from a representation.
    New {
        /// The resource.
        #[serde(rename = "resource-new")]
        resource: usize,
    },
    /// Gives the representation of a handle.
    Rep {
        /// The resource.
        #[serde(rename = "resource-rep")]
        resource: usize,
    },
    /// Drops a handle.
    Drop {
        /// The resource.
        #[serde(rename = "resource-drop")]
        resource: usize,
    },
}

/// A resource that the component defines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resource {
    /// The name that it is exported under.
    pub name: String,
    /// Is called with the representation when the last owner drops it.
    pub destructor: Option<Item>,
}

impl Description {
    /// Take docs and tags from a description of the same interface; what differs in structure stays
    /// as it is.
    pub fn document(&mut self, source: &Self) {
        self.docs.clone_from(&source.docs);
        for ty in self.types.iter_mut().filter(|ty| ty.name.is_some()) {
            let same = |other: &&TypeDef| other.name == ty.name && other.interface == ty.interface;
            let Some(other) = source.types.iter().find(same) else { continue };
            ty.docs.clone_from(&other.docs);
            ty.host = other.host;
            match (&mut ty.kind, &other.kind) {
                (Kind::Record(to), Kind::Record(from)) => document_fields(to, from),
                (Kind::Variant(to), Kind::Variant(from)) => {
                    copy_docs(to, from, |c| &c.name, |t, f| t.docs.clone_from(&f.docs));
                }
                (Kind::Enum(to), Kind::Enum(from)) | (Kind::Flags(to), Kind::Flags(from)) => {
                    copy_docs(to, from, |l| &l.name, |t, f| t.docs.clone_from(&f.docs));
                }
                _ => {}
            }
        }
        copy_docs(
            &mut self.interfaces,
            &source.interfaces,
            |i| &i.name,
            |to, from| {
                to.docs.clone_from(&from.docs);
                copy_docs(
                    &mut to.functions,
                    &from.functions,
                    |f| &f.name,
                    |to, from| {
                        to.docs.clone_from(&from.docs);
                        document_fields(&mut to.params, &from.params);
                    },
                );
            },
        );
    }
}

fn document_fields(to: &mut [Field], from: &[Field]) {
    copy_docs(
        to,
        from,
        |f| &f.name,
        |to, from| {
            to.docs.clone_from(&from.docs);
            to.tags = from.tags.clone();
        },
    );
}

/// Call `copy` for each pair of items with the same name.
fn copy_docs<T>(to: &mut [T], from: &[T], name: impl Fn(&T) -> &String, copy: impl Fn(&mut T, &T)) {
    for item in to {
        if let Some(source) = from.iter().find(|other| name(other) == name(item)) {
            copy(item, source);
        }
    }
}
