//! The engine as a Python module. It translates and decides nothing; the classes that a user sees are
//! Python, in `python/hookbridge`.

mod completions;
mod engine;
mod errors;

use pyo3::prelude::*;

/// The native half of the package `hookbridge`.
#[pymodule(gil_used = false)]
fn _hookbridge(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<engine::NativeEngine>()?;
    module.add_class::<engine::NativeEvents>()?;
    module.add_class::<completions::Completions>()?;
    module.add("NativeError", module.py().get_type::<errors::NativeError>())
}
