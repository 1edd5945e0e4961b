//! The core half of a description: which core modules lie in a component, and how to link them.
//!
//! A component says how it is put together by sections that define, alias and instantiate. This
//! module walks them as an engine would, but with symbols in place of things: what remains is the
//! list of core instances with what fills their imports. Canon and alias sections are followed,
//! names never guessed; what a host without imports cannot link is refused.

use crate::description::{
    Core, CoreInstance, CoreModule, Description, Import, Item, Kind, Lift, Resource, TypeDef, TypeRef,
};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;
use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, ComponentType, ComponentTypeRef, ExternalKind, Instance, Parser, Payload, TypeBounds,
};

/// How deep components may lie in components.
const MAX_NESTING: usize = 16;
/// How many instances, of core modules and of components, a component may make.
const MAX_INSTANCES: usize = 1000;

/// Find the core modules of a component, and how they are linked.
pub(crate) fn plan(component: &[u8]) -> Result<(Core, Exports)> {
    let mut linker = Linker { bytes: component, ..Linker::default() };
    let exports = linker.evaluate(0..component.len(), &BTreeMap::new(), 0)?;
    for (name, entity) in &exports {
        linker.name_resources(name, entity);
    }
    Ok((linker.core, Exports { entities: exports, lifts: linker.lifts, definers: linker.definers }))
}

/// What a component exports, as symbols.
pub(crate) struct Exports {
    entities: BTreeMap<String, Entity>,
    /// Each lifted function, and the component instance that lifts it.
    lifts: Vec<(usize, Lift)>,
    /// For each resource, the component instance that defines it.
    definers: Vec<usize>,
}

impl Exports {
    /// Write into a description how each of its functions is called, and the numbers of its resources.
    pub fn attach(&self, description: &mut Description) -> Result<()> {
        let mut lifters = Vec::new();
        for interface in &mut description.interfaces {
            let scope = match self.entities.get(&interface.name) {
                Some(Entity::Instance(exports)) => exports,
                _ if interface.name.is_empty() => &self.entities,
                _ => bail!("the interface {} is not exported", interface.name),
            };
            for function in &mut interface.functions {
                let Some(Entity::Function(lift)) = scope.get(&function.name) else {
                    bail!("{}: no function {} in the binary", interface.name, function.name);
                };
                function.core = Some(self.lifts[*lift].1.clone());
                lifters.push((
                    function.params.iter().map(|param| param.ty.clone()).collect::<Vec<_>>(),
                    self.lifts[*lift].0,
                ));
            }
        }
        for ty in &mut description.types {
            let (Kind::Resource(number), Some(name)) = (&mut ty.kind, &ty.name) else { continue };
            let scope = match ty.interface.as_ref().and_then(|interface| self.entities.get(interface)) {
                Some(Entity::Instance(exports)) => exports,
                _ => &self.entities,
            };
            let Some(Entity::Type(Some(found))) = scope.get(name) else {
                bail!("the resource {name} is not defined in the component");
            };
            *number = *found;
        }
        for (params, lifter) in lifters {
            let borrowed = params.iter().flat_map(|ty| borrows(&description.types, ty));
            ensure!(
                borrowed.into_iter().all(|resource| self.definers[resource] == lifter),
                "a component in it borrows a resource of another one, which is not supported"
            );
        }
        Ok(())
    }
}

/// The resources that a value of this type borrows.
fn borrows(types: &[TypeDef], ty: &TypeRef) -> Vec<usize> {
    let TypeRef::Index(index) = ty else { return Vec::new() };
    let inside: Vec<&TypeRef> = match &types[*index].kind {
        Kind::Borrow(TypeRef::Index(resource)) => match types[*resource].kind {
            Kind::Resource(number) => return vec![number],
            _ => Vec::new(),
        },
        Kind::Record(fields) => fields.iter().map(|field| &field.ty).collect(),
        Kind::Tuple(types) => types.iter().collect(),
        Kind::Variant(cases) => cases.iter().filter_map(|case| case.ty.as_ref()).collect(),
        Kind::Result { ok, err } => [ok, err].into_iter().flatten().collect(),
        Kind::Option(inner) | Kind::List(inner) | Kind::Alias(inner) => vec![inner],
        _ => Vec::new(),
    };
    inside.into_iter().flat_map(|ty| borrows(types, ty)).collect()
}

/// A thing in the component-level index spaces.
#[derive(Clone, Debug)]
enum Entity {
    /// Index into [`Core::modules`].
    Module(usize),
    /// Index into [`Linker::lifts`].
    Function(usize),
    /// A type; the number of its resource, if it is one.
    Type(Option<usize>),
    Instance(BTreeMap<String, Entity>),
    /// Where a component lies.
    Component(Range<usize>),
}

/// A core instance: one that is made, or a bundle of items.
#[derive(Clone, Debug)]
enum Bundle {
    Instance(usize),
    Items(BTreeMap<String, Item>),
}

/// The index spaces of one component instance.
#[derive(Default)]
struct Spaces {
    /// The instance's number.
    instance: usize,
    /// How deep it lies.
    depth: usize,
    modules: Vec<usize>,
    bundles: Vec<Bundle>,
    functions: Vec<Item>,
    tables: Vec<Item>,
    memories: Vec<Item>,
    globals: Vec<Item>,
    tags: Vec<Item>,
    lifted: Vec<usize>,
    types: Vec<Option<usize>>,
    instances: Vec<BTreeMap<String, Entity>>,
    components: Vec<Range<usize>>,
    exports: BTreeMap<String, Entity>,
}

#[derive(Default)]
struct Linker<'a> {
    bytes: &'a [u8],
    core: Core,
    lifts: Vec<(usize, Lift)>,
    definers: Vec<usize>,
    /// How many components have been instantiated.
    instances: usize,
}

fn get<T: Clone>(space: &[T], index: u32) -> Result<T> {
    space.get(index as usize).cloned().context("an index is out of its space")
}

impl Linker<'_> {
    /// Instantiate the component in this range: its exports.
    fn evaluate(
        &mut self,
        range: Range<usize>,
        args: &BTreeMap<String, Entity>,
        depth: usize,
    ) -> Result<BTreeMap<String, Entity>> {
        ensure!(depth < MAX_NESTING, "components are nested more than {MAX_NESTING} deep");
        ensure!(self.instances < MAX_INSTANCES, "it makes more than {MAX_INSTANCES} instances");
        let bytes = self.bytes;
        let mut spaces = Spaces { instance: self.instances, depth, ..Spaces::default() };
        self.instances += 1;
        let mut inner = 0_usize;
        for payload in Parser::new(range.start as u64).parse_all(&bytes[range]) {
            let payload = payload?;
            match payload {
                // What lies in an inner module or component is read when that is instantiated.
                Payload::End(_) => {
                    inner = inner.saturating_sub(1);
                    continue;
                }
                Payload::ModuleSection { ref unchecked_range, .. } => {
                    if inner == 0 {
                        let module = self.module(position(unchecked_range));
                        spaces.modules.push(module);
                    }
                    inner += 1;
                    continue;
                }
                Payload::ComponentSection { ref unchecked_range, .. } => {
                    if inner == 0 {
                        spaces.components.push(position(unchecked_range));
                    }
                    inner += 1;
                    continue;
                }
                _ if inner > 0 => continue,
                payload => self.section(payload, &mut spaces, args)?,
            }
        }
        Ok(spaces.exports)
    }

    fn module(&mut self, range: Range<usize>) -> usize {
        let known = self.core.modules.iter().position(|module| module.offset == range.start);
        known.unwrap_or_else(|| {
            let digest = Sha256::digest(&self.bytes[range.clone()]);
            let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            self.core.modules.push(CoreModule { offset: range.start, size: range.len(), sha256 });
            self.core.modules.len() - 1
        })
    }

    fn section(&mut self, payload: Payload, spaces: &mut Spaces, args: &BTreeMap<String, Entity>) -> Result<()> {
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let import = import?;
                    let name = import.name.name;
                    match (args.get(name), import.ty) {
                        (Some(entity), _) => spaces.add(entity.clone()),
                        (None, ComponentTypeRef::Type(TypeBounds::Eq(same))) => {
                            let ty = get(&spaces.types, same)?;
                            spaces.types.push(ty);
                        }
                        _ => bail!("it imports '{name}'; a module must be closed, with no imports at all"),
                    }
                }
            }
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    let number = match ty? {
                        ComponentType::Resource { dtor, .. } => {
                            let destructor = dtor.map(|f| get(&spaces.functions, f)).transpose()?;
                            self.core.resources.push(Resource { name: String::new(), destructor });
                            self.definers.push(spaces.instance);
                            Some(self.core.resources.len() - 1)
                        }
                        _ => None,
                    };
                    spaces.types.push(number);
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    self.canon(function?, spaces)?;
                }
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    let bundle = self.core_instance(instance?, spaces)?;
                    spaces.bundles.push(bundle);
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    spaces.alias(alias?)?;
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    let instance = self.instance(instance?, spaces)?;
                    spaces.instances.push(instance);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    let entity = spaces.entity(export.kind, export.index)?;
                    // An export is a new index of the same thing.
                    spaces.add(entity.clone());
                    spaces.exports.insert(export.name.name.to_owned(), entity);
                }
            }
            Payload::ComponentStartSection { .. } => bail!("it has a start function, which is not supported"),
            _ => {}
        }
        Ok(())
    }

    fn canon(&mut self, function: CanonicalFunction, spaces: &mut Spaces) -> Result<()> {
        let resource = |index: u32, spaces: &Spaces| {
            get(&spaces.types, index)?
                .context("a canonical function names a type that is no resource of this component")
        };
        let item = match function {
            CanonicalFunction::Lift { core_func_index, options, .. } => {
                let mut lift = Lift {
                    function: get(&spaces.functions, core_func_index)?,
                    memory: None,
                    realloc: None,
                    post_return: None,
                };
                for option in &options {
                    match *option {
                        CanonicalOption::UTF8 => {}
                        CanonicalOption::Memory(index) => lift.memory = Some(get(&spaces.memories, index)?),
                        CanonicalOption::Realloc(index) => lift.realloc = Some(get(&spaces.functions, index)?),
                        CanonicalOption::PostReturn(index) => lift.post_return = Some(get(&spaces.functions, index)?),
                        ref other => bail!("its functions want the canonical option {other:?}, which is not supported"),
                    }
                }
                self.lifts.push((spaces.instance, lift));
                spaces.lifted.push(self.lifts.len() - 1);
                return Ok(());
            }
            CanonicalFunction::ResourceNew { resource: ty } => Item::New { resource: resource(ty, spaces)? },
            CanonicalFunction::ResourceRep { resource: ty } => Item::Rep { resource: resource(ty, spaces)? },
            CanonicalFunction::ResourceDrop { resource: ty } => Item::Drop { resource: resource(ty, spaces)? },
            other => bail!("it wants the canonical function {other:?}, which is not supported"),
        };
        spaces.functions.push(item);
        Ok(())
    }

    fn core_instance(&mut self, instance: Instance, spaces: &Spaces) -> Result<Bundle> {
        match instance {
            Instance::Instantiate { module_index, args } => {
                let module = get(&spaces.modules, module_index)?;
                let CoreModule { offset, size, .. } = self.core.modules[module];
                let mut imports = Vec::new();
                for (namespace, name) in core_imports(&self.bytes[offset..offset + size])? {
                    let arg = args.iter().find(|arg| arg.name == namespace);
                    let bundle = get(&spaces.bundles, arg.context("a core import is not filled")?.index)?;
                    let item = bundle.item(&name)?;
                    imports.push(Import { module: namespace, name, item });
                }
                ensure!(self.core.instances.len() < MAX_INSTANCES, "it has more than {MAX_INSTANCES} core instances");
                self.core.instances.push(CoreInstance { module, imports });
                Ok(Bundle::Instance(self.core.instances.len() - 1))
            }
            Instance::FromExports(exports) => {
                let items = exports
                    .iter()
                    .map(|export| Ok((export.name.to_owned(), spaces.item(export.kind, export.index)?)))
                    .collect::<Result<_>>()?;
                Ok(Bundle::Items(items))
            }
        }
    }

    fn instance(&mut self, instance: ComponentInstance, spaces: &Spaces) -> Result<BTreeMap<String, Entity>> {
        match instance {
            ComponentInstance::Instantiate { component_index, args } => {
                let range = get(&spaces.components, component_index)?;
                let args = args
                    .iter()
                    .map(|arg| Ok((arg.name.to_owned(), spaces.entity(arg.kind, arg.index)?)))
                    .collect::<Result<_>>()?;
                self.evaluate(range, &args, spaces.depth + 1)
            }
            ComponentInstance::FromExports(exports) => exports
                .iter()
                .map(|export| Ok((export.name.name.to_owned(), spaces.entity(export.kind, export.index)?)))
                .collect(),
        }
    }

    fn name_resources(&mut self, name: &str, entity: &Entity) {
        match entity {
            Entity::Type(Some(number)) => name.clone_into(&mut self.core.resources[*number].name),
            Entity::Instance(exports) => {
                for (name, entity) in exports {
                    self.name_resources(name, entity);
                }
            }
            _ => {}
        }
    }
}

impl Bundle {
    fn item(&self, name: &str) -> Result<Item> {
        match self {
            Self::Instance(instance) => Ok(Item::Export { instance: *instance, export: name.to_owned() }),
            Self::Items(items) => {
                items.get(name).cloned().with_context(|| format!("the core import '{name}' is not filled"))
            }
        }
    }
}

impl Spaces {
    fn add(&mut self, entity: Entity) {
        match entity {
            Entity::Module(index) => self.modules.push(index),
            Entity::Function(index) => self.lifted.push(index),
            Entity::Type(number) => self.types.push(number),
            Entity::Instance(exports) => self.instances.push(exports),
            Entity::Component(range) => self.components.push(range),
        }
    }

    fn entity(&self, kind: ComponentExternalKind, index: u32) -> Result<Entity> {
        Ok(match kind {
            ComponentExternalKind::Module => Entity::Module(get(&self.modules, index)?),
            ComponentExternalKind::Func => Entity::Function(get(&self.lifted, index)?),
            ComponentExternalKind::Type => Entity::Type(get(&self.types, index)?),
            ComponentExternalKind::Instance => Entity::Instance(get(&self.instances, index)?),
            ComponentExternalKind::Component => Entity::Component(get(&self.components, index)?),
            ComponentExternalKind::Value => bail!("component values are not supported"),
        })
    }

    fn space(&mut self, kind: ExternalKind) -> &mut Vec<Item> {
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => &mut self.functions,
            ExternalKind::Table => &mut self.tables,
            ExternalKind::Memory => &mut self.memories,
            ExternalKind::Global => &mut self.globals,
            ExternalKind::Tag => &mut self.tags,
        }
    }

    fn item(&self, kind: ExternalKind, index: u32) -> Result<Item> {
        let space = match kind {
            ExternalKind::Func | ExternalKind::FuncExact => &self.functions,
            ExternalKind::Table => &self.tables,
            ExternalKind::Memory => &self.memories,
            ExternalKind::Global => &self.globals,
            ExternalKind::Tag => &self.tags,
        };
        get(space, index)
    }

    fn alias(&mut self, alias: ComponentAlias) -> Result<()> {
        match alias {
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                let item = get(&self.bundles, instance_index)?.item(name)?;
                self.space(kind).push(item);
            }
            ComponentAlias::InstanceExport { instance_index, name, .. } => {
                let exports = get(&self.instances, instance_index)?;
                let entity = exports.get(name).with_context(|| format!("an instance has no export '{name}'"))?;
                self.add(entity.clone());
            }
            // A count of 0 is the component itself. Types from around it are none of its resources: those
            // may not be aliased from outside. Core modules and components could be, but no tool makes
            // such components.
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::Type, count, index } => {
                let ty = if count == 0 { get(&self.types, index)? } else { None };
                self.types.push(ty);
            }
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::CoreType, .. } => {}
            ComponentAlias::Outer { kind, .. } => {
                bail!("a component in it uses a {kind:?} from around it, which is not supported")
            }
        }
        Ok(())
    }
}

/// What a core module imports: both names, in order.
fn core_imports(module: &[u8]) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ImportSection(section) = payload? {
            for import in section.into_imports() {
                let import = import?;
                found.push((import.module.to_owned(), import.name.to_owned()));
            }
        }
    }
    Ok(found)
}

#[allow(clippy::cast_possible_truncation, reason = "the component lies in memory, so its offsets fit")]
fn position(range: &Range<u64>) -> Range<usize> {
    range.start as usize..range.end as usize
}
