//! Calls of `fminf` and its kin, replaced by what these do.
//!
//! WebAssembly has no instruction for `f32::min`: its own gives NaN if either number is. So the compiler calls C's
//! function; the call takes several times as long as its work, and engines do not inline it. What draws and
//! what measures text does little else as often.

use anyhow::{Result, anyhow, ensure};
use std::collections::HashMap;
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, Function, Instruction, Module, ValType};
use wasmparser::{CustomSectionReader, FunctionBody, KnownCustom, Name, Operator, Parser, Payload};

/// Replace the calls in a core module that has its names. These, and what else is for debugging, are left out of
/// what is returned.
///
/// # Errors
/// The module cannot be read, or has no names.
pub fn inline(core: &[u8]) -> Result<Vec<u8>> {
    let mut inliner = Inliner::read(core)?;
    let mut module = Module::new();
    let done = inliner.parse_core_module(&mut module, Parser::new(0), core);
    done.map_err(|error| anyhow!("the core module cannot be rewritten: {error}"))?;
    Ok(module.finish())
}

/// What a C function does with two numbers: it picks one of them.
struct Pick {
    /// Which of the scratch locals hold the numbers meanwhile, counted from the first of them.
    scratch: u32,
    /// Whether the first one is picked.
    before: Instruction<'static>,
    /// Whether the second one is NaN, compared with itself: then the first one is picked, too.
    differs: Instruction<'static>,
}

/// Two numbers of either type.
const SCRATCH: [(u32, ValType); 2] = [(2, ValType::F32), (2, ValType::F64)];

impl Pick {
    fn of(function: &str) -> Option<Self> {
        use Instruction::{F32Gt, F32Lt, F32Ne, F64Gt, F64Lt, F64Ne};
        let (scratch, before, differs) = match function {
            "fminf" => (0, F32Lt, F32Ne),
            "fmaxf" => (0, F32Gt, F32Ne),
            "fmin" => (2, F64Lt, F64Ne),
            "fmax" => (2, F64Gt, F64Ne),
            _ => return None,
        };
        Some(Self { scratch, before, differs })
    }

    fn write(&self, to: &mut Function, scratch: u32) {
        let (one, other) = (scratch + self.scratch, scratch + self.scratch + 1);
        to.instructions().local_set(other).local_tee(one).local_get(other).local_get(one).local_get(other);
        to.instruction(&self.before);
        to.instructions().local_get(other).local_get(other);
        to.instruction(&self.differs);
        to.instructions().i32_or().select();
    }
}

/// Rewrites function bodies in the order in which they stand.
struct Inliner {
    /// By the index of the C function.
    picks: HashMap<u32, Pick>,
    /// How many parameters each function that has a body takes.
    parameters: std::vec::IntoIter<u32>,
}

impl Inliner {
    fn read(core: &[u8]) -> Result<Self> {
        let (mut picks, mut types, mut parameters) = (HashMap::new(), Vec::new(), Vec::new());
        let mut has_names = false;
        for payload in Parser::new(0).parse_all(core) {
            match payload? {
                Payload::TypeSection(section) => {
                    for ty in section.into_iter_err_on_gc_types() {
                        types.push(ty?.params().len() as u32);
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        parameters.push(types[ty? as usize]);
                    }
                }
                Payload::CustomSection(section) => {
                    let KnownCustom::Name(names) = section.as_known() else { continue };
                    for part in names {
                        let Name::Function(functions) = part? else { continue };
                        has_names = true;
                        for named in functions {
                            let named = named?;
                            picks.extend(Pick::of(named.name).map(|pick| (named.index, pick)));
                        }
                    }
                }
                _ => {}
            }
        }
        ensure!(has_names, "the core module has no names of functions; the profile must not strip them");
        Ok(Self { picks, parameters: parameters.into_iter() })
    }

    fn pick(&self, operator: &Operator<'_>) -> Option<&Pick> {
        match operator {
            Operator::Call { function_index } => self.picks.get(function_index),
            _ => None,
        }
    }
}

impl Reencode for Inliner {
    type Error = Infallible;

    fn parse_custom_section(&mut self, module: &mut Module, section: CustomSectionReader<'_>) -> Result<(), Error> {
        match section.as_known() {
            KnownCustom::Name(_) | KnownCustom::Producers(_) => Ok(()),
            _ if section.name().starts_with(".debug") => Ok(()),
            _ => utils::parse_custom_section(self, module, section),
        }
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        let operators = body.get_operators_reader()?.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut locals = Vec::new();
        for local in body.get_locals_reader()? {
            let (count, ty) = local?;
            locals.push((count, self.val_type(ty)?));
        }
        let parameters = self.parameters.next().unwrap_or_default();
        let scratch = parameters + locals.iter().map(|(count, _)| count).sum::<u32>();
        if operators.iter().any(|operator| self.pick(operator).is_some()) {
            locals.extend(SCRATCH);
        }
        let mut function = Function::new(locals);
        for operator in operators {
            match self.pick(&operator) {
                Some(pick) => pick.write(&mut function, scratch),
                None => _ = function.instruction(&self.instruction(operator)?),
            }
        }
        code.function(&function);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::inline;
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, NameMap, NameSection, TypeSection, ValType};
    use wasmparser::{Operator, Parser, Payload, Validator};

    /// A module whose second function calls the first, which has this name and would not do what it says.
    fn caller(name: &str, ty: ValType) -> Vec<u8> {
        let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([ty, ty], [ty]);
        functions.function(0).function(0);
        let mut callee = Function::new([]);
        callee.instructions().local_get(1).end();
        let mut caller = Function::new([(1, ValType::I64)]);
        caller.instructions().local_get(0).local_get(1).call(0).end();
        code.function(&callee).function(&caller);
        let (mut names, mut named) = (NameSection::new(), NameMap::new());
        named.append(0, name);
        names.functions(&named);
        Module::new().section(&types).section(&functions).section(&code).section(&names).clone().finish()
    }

    /// What the second function gives, by as much of WebAssembly as it needs.
    fn run(module: &[u8], one: f64, other: f64) -> f64 {
        let bodies = Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
            Payload::CodeSectionEntry(body) => Some(body),
            _ => None,
        });
        let mut locals = [one, other, 0.0, 0.0, 0.0, 0.0, 0.0];
        let mut stack = Vec::new();
        for operator in bodies.last().unwrap().get_operators_reader().unwrap() {
            let mut pop = || stack.pop().unwrap();
            let result = match operator.unwrap() {
                Operator::LocalGet { local_index } => locals[local_index as usize],
                Operator::LocalSet { local_index } => {
                    locals[local_index as usize] = pop();
                    continue;
                }
                Operator::LocalTee { local_index } => {
                    locals[local_index as usize] = pop();
                    locals[local_index as usize]
                }
                Operator::F32Lt | Operator::F64Lt => f64::from(u8::from(pop() > pop())),
                Operator::F32Gt | Operator::F64Gt => f64::from(u8::from(pop() < pop())),
                Operator::F32Ne | Operator::F64Ne => f64::from(u8::from(pop() != pop())),
                Operator::I32Or => f64::from(u8::from(pop() + pop() > 0.0)),
                Operator::Select => {
                    let (is_first, second, first) = (pop() > 0.0, pop(), pop());
                    if is_first { first } else { second }
                }
                Operator::End => return pop(),
                other => panic!("{other:?}"),
            };
            stack.push(result);
        }
        unreachable!()
    }

    #[test]
    fn calls_become_what_rust_does() {
        let numbers = [-1.5, 0.0, 2.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        for (name, ty) in
            [("fminf", ValType::F32), ("fmaxf", ValType::F32), ("fmin", ValType::F64), ("fmax", ValType::F64)]
        {
            let inlined = inline(&caller(name, ty)).unwrap();
            Validator::new().validate_all(&inlined).unwrap();
            for (one, other) in numbers.into_iter().flat_map(|one| numbers.map(|other| (one, other))) {
                let expected = if name.starts_with("fmin") { one.min(other) } else { one.max(other) };
                let found = run(&inlined, one, other);
                assert!(found == expected || found.is_nan() && expected.is_nan(), "{name}({one}, {other}): {found}");
            }
        }
    }

    #[test]
    fn other_calls_stay() {
        let inlined = inline(&caller("fmod", ValType::F64)).unwrap();
        assert!(
            Parser::new(0).parse_all(&inlined).all(|payload| !matches!(payload.unwrap(), Payload::CustomSection(_)))
        );
        let calls = Parser::new(0).parse_all(&inlined).filter_map(|payload| match payload.unwrap() {
            Payload::CodeSectionEntry(body) => Some(body),
            _ => None,
        });
        let has_call = |body: wasmparser::FunctionBody<'_>| {
            body.get_operators_reader().unwrap().into_iter().any(|one| matches!(one.unwrap(), Operator::Call { .. }))
        };
        assert_eq!(calls.map(has_call).collect::<Vec<_>>(), [false, true]);
    }
}
