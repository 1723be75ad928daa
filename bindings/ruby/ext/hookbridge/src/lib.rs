//! The engine as a Ruby extension. It translates and decides nothing; the classes that a user sees are
//! Ruby, in `lib/hookbridge`.

// What the loader calls is written by magnus, without a comment.
#![allow(missing_docs)]

mod engine;
mod errors;
mod gvl;

use magnus::{Class, Error, Module, Object, Ruby, function, method};

#[magnus::init(name = "hookbridge_ext")]
fn init(ruby: &Ruby) -> Result<(), Error> {
    // SAFETY: called while the extension is loaded, as is required. The engine is internally synchronised, and the
    // extension has no state of its own.
    unsafe { rb_sys::rb_ext_ractor_safe(true) };
    let outer = ruby.define_class("HookBridge", ruby.class_object())?;

    let engine = outer.define_class("NativeEngine", ruby.class_object())?;
    engine.undef_default_alloc_func();
    engine.define_singleton_method("open", function!(engine::NativeEngine::open, 1))?;
    engine.define_method("send", method!(engine::NativeEngine::send, 5))?;
    engine.define_method("call", method!(engine::NativeEngine::call, 2))?;
    engine.define_method("flush", method!(engine::NativeEngine::flush, 1))?;
    engine.define_method("close", method!(engine::NativeEngine::close, 1))?;
    engine.define_method("finish", method!(engine::NativeEngine::finish, 0))?;
    engine.define_method("events", method!(engine::NativeEngine::events, 0))?;
    engine.define_method("watch", method!(engine::NativeEngine::watch, 0))?;

    let events = outer.define_class("NativeEvents", ruby.class_object())?;
    events.undef_default_alloc_func();
    events.define_method("fileno", method!(engine::NativeEvents::fileno, 0))?;
    events.define_method("next", method!(engine::NativeEvents::next, 1))?;
    events.define_method("closed?", method!(engine::NativeEvents::is_closed, 0))?;
    events.define_method("dropped", method!(engine::NativeEvents::dropped, 0))?;
    Ok(())
}
