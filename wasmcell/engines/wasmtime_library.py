"""The C functions of wasmtime that wasmcell calls, declared for ctypes.

From wasm.h, wasmtime.h and its parts, of the versions in `wasmtime.DIRECT_VERSIONS`. Pointers are plain
integers, which ctypes passes fastest. What only looks something up keeps the GIL (`_QUICK`); what compiles,
runs a module or maps memory releases it.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from ctypes import POINTER, Structure, c_bool, c_char_p, c_int64, c_size_t, c_uint8, c_uint64, c_void_p
from typing import TYPE_CHECKING, Any, Final

from wasmcell.errors import EngineUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

P: Final = c_void_p

#: wasmtime_val_raw_t, wasmtime_extern_t, and where in the latter the item itself starts; in bytes.
VALUE_SIZE: Final = 16
EXTERN_WORDS: Final = 4
EXTERN_ITEM: Final = 8
EXTERN_FUNC: Final = 0
EXTERN_MEMORY: Final = 3
#: wasmtime_instance_t, in words.
INSTANCE_WORDS: Final = 2
#: wasm_valkind_t.
KINDS: Final = {0: "i32", 1: "i64", 2: "f32", 3: "f64"}


class Vector(Structure):
    """wasm_byte_vec_t and its kin; `data` is an address."""

    _fields_ = [("size", c_size_t), ("data", c_void_p)]
    size: int
    data: int | None

    def bytes(self) -> bytes:
        """What is in a vector of bytes."""
        return ctypes.string_at(self.data, self.size) if self.data and self.size else b""

    def addresses(self) -> list[int]:
        """What is in a vector of pointers."""
        return list((c_uint64 * self.size).from_address(self.data)) if self.data else []


#: void* → wasmtime_error_t*: (context, data, &delta, &kind).
TickCallback = ctypes.CFUNCTYPE(c_size_t, P, P, P, P)
#: void* → wasm_trap_t*: (environment, caller, values, length).
FunctionCallback = ctypes.CFUNCTYPE(c_size_t, P, P, P, c_size_t)

_V: Final = POINTER(Vector)

#: name: (result, *parameters)
_QUICK: Final[dict[str, tuple[Any, ...]]] = {
    "wasm_config_new": (P,),
    "wasm_valtype_new": (P, c_uint8),
    "wasm_valtype_kind": (c_uint8, P),
    "wasm_valtype_vec_new": (None, _V, c_size_t, P),
    "wasm_functype_new": (P, _V, _V),
    "wasm_functype_params": (_V, P),
    "wasm_functype_results": (_V, P),
    "wasm_externtype_kind": (c_uint8, P),
    "wasm_externtype_as_functype_const": (P, P),
    "wasm_importtype_module": (_V, P),
    "wasm_importtype_name": (_V, P),
    "wasm_importtype_vec_delete": (None, _V),
    "wasm_exporttype_name": (_V, P),
    "wasm_exporttype_type": (P, P),
    "wasm_exporttype_vec_delete": (None, _V),
    "wasm_byte_vec_delete": (None, _V),
    "wasm_trap_message": (None, P, _V),
    "wasm_trap_delete": (None, P),
    "wasmtime_trap_new": (P, c_char_p, c_size_t),
    "wasmtime_trap_code": (c_bool, P, P),
    "wasmtime_error_new": (P, c_char_p),
    "wasmtime_error_message": (None, P, _V),
    "wasmtime_error_delete": (None, P),
    "wasmtime_engine_increment_epoch": (None, P),
    "wasmtime_module_imports": (None, P, _V),
    "wasmtime_module_exports": (None, P, _V),
    "wasmtime_linker_new": (P, P),
    "wasmtime_linker_allow_shadowing": (None, P, c_bool),
    "wasmtime_linker_define_func_unchecked": (P, P, c_char_p, c_size_t, c_char_p, c_size_t, P, P, P, P),
    "wasmtime_linker_instantiate_pre": (P, P, P, P),
    "wasmtime_linker_delete": (None, P),
    "wasmtime_func_new_unchecked": (None, P, P, P, P, P, P),
    "wasmtime_store_context": (P, P),
    "wasmtime_store_limiter": (None, P, *[c_int64] * 5),
    "wasmtime_store_epoch_deadline_callback": (None, P, P, P, P),
    "wasmtime_context_set_epoch_deadline": (None, P, c_uint64),
    "wasmtime_context_get_data": (P, P),
    "wasmtime_caller_context": (P, P),
    "wasmtime_instance_export_get": (c_bool, P, P, c_char_p, c_size_t, P),
    "wasmtime_memory_data": (P, P, P),
    "wasmtime_memory_data_size": (c_size_t, P, P),
}
_LONG: Final[dict[str, tuple[Any, ...]]] = {
    "wasm_engine_new_with_config": (P, P),
    "wasmtime_module_new": (P, P, c_char_p, c_size_t, P),
    "wasmtime_module_serialize": (P, P, _V),
    "wasmtime_module_deserialize_file": (P, P, c_char_p, P),
    "wasmtime_store_new": (P, P, P, P),
    "wasmtime_store_delete": (None, P),
    "wasmtime_instance_pre_instantiate": (P, P, P, P, P),
    "wasmtime_instance_new": (P, P, P, P, c_size_t, P, P),
    "wasmtime_func_call_unchecked": (P, P, P, P, c_size_t, P),
}


class Library:
    """The functions, as attributes without the prefixes wasmtime_ and wasm_ (`store_new`)."""

    def __init__(self, package: Path) -> None:
        path = package / f"{sys.platform}-{_machine()}" / _FILES.get(sys.platform, "_libwasmtime.so")
        try:
            self._long = ctypes.CDLL(str(path))
        except OSError as error:
            raise EngineUnavailableError(f"wasmtime's library cannot be loaded: {error}") from error
        self._quick = ctypes.PyDLL(str(path), handle=self._long._handle)  # noqa: SLF001
        for library, functions in ((self._quick, _QUICK), (self._long, _LONG)):
            for name, (result, *params) in functions.items():
                setattr(
                    self,
                    name.removeprefix("wasmtime_").removeprefix("wasm_"),
                    _get(library, name, result, params),
                )

    def setting(self, config: int, name: str, value: bool) -> None:
        """Set a boolean setting of a configuration."""
        _get(self._quick, f"wasmtime_config_{name}_set", None, (P, c_bool))(config, value)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name} is not declared")


def _get(library: ctypes.CDLL, name: str, result: Any, params: Any) -> Any:
    function = library[name]
    function.restype, function.argtypes = result, params
    return function


_FILES: Final = {"win32": "_wasmtime.dll", "darwin": "_libwasmtime.dylib"}


def _machine() -> str:
    machine = platform.machine().lower()
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)


#: A memoryview over any memory, without a ctypes type for each size.
view = ctypes.pythonapi["PyMemoryView_FromMemory"]
view.restype, view.argtypes = ctypes.py_object, (P, c_size_t, ctypes.c_int)
WRITABLE: Final = 0x200
