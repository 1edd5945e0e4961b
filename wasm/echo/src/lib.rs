//! Functions over every type of value, for tests. Its interface is `wit/echo/echo.wit`.

mod bindings {
    #![allow(missing_docs, unsafe_code, clippy::all, clippy::pedantic)]
    wit_bindgen::generate!({ world: "wasmcell:echo/module", path: ["../wit/core", "../wit/echo"] });
    export!(Echo);

    use super::Echo;
}

use bindings::exports::wasmcell::core::types::{Entropy, Error};
use bindings::exports::wasmcell::echo::echo::{
    Bits, Counter, CounterBorrow, Direction, Drawing, Guest, GuestCounter, Months, Narrow, Permissions, Point,
    Primitives, Settings, Shape,
};
use std::cell::{Cell, RefCell};
use std::hint::black_box;
use wasmcell_guest as _;

/// The module.
struct Echo;

/// A counter of this module's.
struct Count(Cell<u32>);

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static ENDED: Cell<u32> = const { Cell::new(0) };
    static KEPT: RefCell<Option<Counter>> = const { RefCell::new(None) };
}

impl Drop for Count {
    fn drop(&mut self) {
        ENDED.set(ENDED.get() + 1);
    }
}

impl Count {
    fn counter(start: u32) -> Counter {
        Counter::new(Self(Cell::new(start)))
    }
}

impl GuestCounter for Count {
    fn new(start: u32) -> Self {
        Self(Cell::new(start))
    }

    fn value(&self) -> u32 {
        self.0.get()
    }

    fn add(&self, amount: u32) -> u32 {
        self.0.set(self.0.get().wrapping_add(amount));
        self.0.get()
    }

    fn split(&self) -> Counter {
        Self::counter(self.0.get())
    }

    fn several(starts: Vec<u32>) -> Vec<Counter> {
        starts.into_iter().map(Self::counter).collect()
    }

    fn merge(first: Counter, second: CounterBorrow<'_>) -> Counter {
        Self::counter(number(&first) + second.get::<Self>().0.get())
    }

    fn open(start: u32) -> Result<Counter, Error> {
        if start == 0 {
            return Err(Error::InvalidArgument("a counter cannot start at 0".into()));
        }
        Ok(Self::counter(start))
    }
}

fn number(counter: &Counter) -> u32 {
    counter.get::<Count>().0.get()
}

fn deeper(depth: u32) -> u64 {
    let frame = black_box([u64::from(depth); 16]);
    if depth == 0 { 1 } else { deeper(depth - 1) + frame[3] % 2 }
}

/// Functions that give back their argument.
macro_rules! echoes {
    ($($name:ident: $type:ty,)*) => {
        $(fn $name(value: $type) -> $type {
            value
        })*
    };
}

/// Functions that write down what they see.
macro_rules! shows {
    ($($name:ident: $type:ty,)*) => {
        $(fn $name(value: $type) -> String {
            format!("{value:?}")
        })*
    };
}

impl Guest for Echo {
    type Counter = Count;

    echoes! {
        echo_bool: bool,
        echo_s8: i8,
        echo_u8: u8,
        echo_s16: i16,
        echo_u16: u16,
        echo_s32: i32,
        echo_u32: u32,
        echo_s64: i64,
        echo_u64: u64,
        echo_f32: f32,
        echo_f64: f64,
        echo_char: char,
        echo_string: String,
        echo_list_bool: Vec<bool>,
        echo_list_s8: Vec<i8>,
        echo_list_u8: Vec<u8>,
        echo_list_s16: Vec<i16>,
        echo_list_u16: Vec<u16>,
        echo_list_s32: Vec<i32>,
        echo_list_u32: Vec<u32>,
        echo_list_s64: Vec<i64>,
        echo_list_u64: Vec<u64>,
        echo_list_f32: Vec<f32>,
        echo_list_f64: Vec<f64>,
        echo_list_char: Vec<char>,
        echo_list_string: Vec<String>,
        echo_lists: Vec<Vec<u8>>,
        echo_deep_lists: Vec<Vec<Vec<String>>>,
        echo_points: Vec<Point>,
        echo_shapes: Vec<Shape>,
        echo_directions: Vec<Direction>,
        echo_many_permissions: Vec<Permissions>,
        echo_options: Vec<Option<u16>>,
        echo_results: Vec<Result<u32, String>>,
        echo_bare_results: Vec<Result<(), ()>>,
        echo_half_results: Vec<Result<(), Point>>,
        echo_full_results: Vec<Result<f64, ()>>,
        echo_tuples: Vec<(u8, String, f64)>,
        echo_drawings: Vec<Drawing>,
        echo_tuple: (u8, String, f64, bool, u64),
        echo_single: (u64,),
        echo_point: Point,
        echo_primitives: Primitives,
        echo_settings: Settings,
        echo_drawing: Drawing,
        echo_shape: Shape,
        echo_narrow: Narrow,
        echo_direction: Direction,
        echo_permissions: Permissions,
        echo_months: Months,
        echo_bits: Bits,
        echo_option_u32: Option<u32>,
        echo_option_string: Option<String>,
        echo_option_option: Option<Option<u32>>,
        echo_option_options: Option<Option<Option<String>>>,
        echo_option_point: Option<Point>,
        echo_option_list: Option<Vec<f32>>,
        echo_result_option: (Result<Option<u8>, Shape>, Option<Result<u64, f32>>),
    }

    shows! {
        show_primitives: Primitives,
        show_settings: Settings,
        show_drawing: Drawing,
        show_shape: Shape,
        show_shapes: Vec<Shape>,
        show_narrow: Narrow,
        show_permissions: Permissions,
        show_bits: Bits,
        show_deep_lists: Vec<Vec<Vec<String>>>,
        show_tuple: (u8, String, f64, bool, u64),
        show_tuples: Vec<(u8, String, f64)>,
        show_results: Vec<Result<u32, String>>,
        show_list_s16: Vec<i16>,
        show_list_char: Vec<char>,
    }

    fn nothing() {}

    fn sixteen(
        p0: u8,
        p1: f32,
        p2: i64,
        p3: f64,
        p4: u8,
        p5: f32,
        p6: i64,
        p7: f64,
        p8: u8,
        p9: f32,
        p10: i64,
        p11: f64,
        p12: u8,
        p13: f32,
        p14: i64,
        p15: f64,
    ) -> (u8, f32, i64, f64, u8, f32, i64, f64, u8, f32, i64, f64, u8, f32, i64, f64) {
        (p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15)
    }

    fn seventeen(
        p0: u8,
        p1: f32,
        p2: i64,
        p3: f64,
        p4: u8,
        p5: f32,
        p6: i64,
        p7: f64,
        p8: u8,
        p9: f32,
        p10: i64,
        p11: f64,
        p12: u8,
        p13: f32,
        p14: i64,
        p15: f64,
        p16: u8,
    ) -> (u8, f32, i64, f64, u8, f32, i64, f64, u8, f32, i64, f64, u8, f32, i64, f64, u8) {
        (p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16)
    }

    fn show_seventeen(
        p0: u8,
        p1: f32,
        p2: i64,
        p3: f64,
        p4: u8,
        p5: f32,
        p6: i64,
        p7: f64,
        p8: u8,
        p9: f32,
        p10: i64,
        p11: f64,
        p12: u8,
        p13: f32,
        p14: i64,
        p15: f64,
        p16: u8,
    ) -> String {
        let first = (p0, p1, p2, p3, p4, p5, p6, p7, p8);
        format!("{first:?} {:?}", (p9, p10, p11, p12, p13, p14, p15, p16))
    }

    fn spilled(
        first: String,
        drawing: Drawing,
        shape: Shape,
        data: Vec<u8>,
        last: Option<String>,
    ) -> (String, Drawing, Shape, Vec<u8>, Option<String>) {
        (first, drawing, shape, data, last)
    }

    fn random(before: Vec<u8>, seed: Entropy, after: Vec<u8>) -> Vec<u8> {
        [before, seed, after].concat()
    }

    fn answer(good: bool) -> Result<(), ()> {
        if good { Ok(()) } else { Err(()) }
    }

    fn answer_ok(good: bool, value: u32) -> Result<u32, ()> {
        if good { Ok(value) } else { Err(()) }
    }

    fn answer_err(good: bool, value: String) -> Result<(), String> {
        if good { Ok(()) } else { Err(value) }
    }

    fn answer_both(good: bool, value: Point) -> Result<Point, Shape> {
        if good { Ok(value) } else { Err(Shape::Dot(value)) }
    }

    fn fail(kind: String, text: String) -> Result<String, Error> {
        Err(match kind.as_str() {
            "malformed" => Error::Malformed(text),
            "unsupported" => Error::Unsupported(text),
            "invalid-argument" => Error::InvalidArgument(text),
            "limit-exceeded" => Error::LimitExceeded(text),
            _ => return Ok(text),
        })
    }

    fn sum(data: Vec<u8>) -> u64 {
        data.iter().copied().map(u64::from).sum()
    }

    fn fill(size: u32, value: u8) -> Vec<u8> {
        vec![value; size as usize]
    }

    fn trap() {
        panic!("asked to");
    }

    fn spin() {
        loop {
            black_box(());
        }
    }

    fn recurse(depth: u32) -> u64 {
        deeper(depth)
    }

    fn allocate(size: u32) -> u64 {
        black_box(vec![1_u8; size as usize]).iter().copied().map(u64::from).sum()
    }

    fn try_allocate(size: u32) -> bool {
        let mut bytes = Vec::<u8>::new();
        let there = bytes.try_reserve_exact(size as usize).is_ok();
        black_box(bytes);
        there
    }

    fn allocate_and_trap(size: u32) {
        // Whatever was refused, memory was there for this text afterwards: that was not the reason.
        let there = Self::try_allocate(size);
        panic!("{}", black_box(format!("asked to, {there}")));
    }

    fn calls() -> u32 {
        CALLS.set(CALLS.get() + 1);
        CALLS.get()
    }

    fn total(counters: Vec<CounterBorrow<'_>>) -> u32 {
        counters.iter().map(|counter| counter.get::<Count>().0.get()).sum()
    }

    fn consume(counters: Vec<Counter>) -> u32 {
        counters.iter().map(number).sum()
    }

    fn exchange(counter: Option<Counter>) -> Option<Counter> {
        KEPT.replace(counter)
    }

    fn wrap(value: Result<Counter, String>) -> (u8, Option<Counter>) {
        match value {
            Ok(counter) => (1, Some(counter)),
            Err(_) => (0, None),
        }
    }

    fn ended() -> u32 {
        ENDED.get()
    }
}
