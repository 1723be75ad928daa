//! A thread of the host that is cancelled (`pthread_cancel`) ends after a call, never within: a commit passes many
//! cancellation points, and unwinding from there would leave the engine's locks taken for ever.

#[cfg(not(miri))]
mod state {
    use std::ffi::c_int;

    // Of libc, whose crate does not declare it for every system that has it.
    unsafe extern "C" {
        pub(super) safe fn pthread_setcancelstate(state: c_int, before: Option<&mut c_int>) -> c_int;
    }

    /// `PTHREAD_CANCEL_DISABLE`.
    pub(super) const DISABLED: c_int = if cfg!(target_vendor = "apple") { 0 } else { 1 };
}

/// Puts a cancellation off until it is dropped.
pub(crate) struct PutOff {
    #[cfg(not(miri))]
    before: Option<std::ffi::c_int>,
}

pub(crate) fn put_off() -> PutOff {
    #[cfg(not(miri))]
    {
        let mut before = 0;
        let changed = state::pthread_setcancelstate(state::DISABLED, Some(&mut before)) == 0;
        PutOff { before: changed.then_some(before) }
    }
    #[cfg(miri)]
    PutOff {}
}

impl Drop for PutOff {
    fn drop(&mut self) {
        #[cfg(not(miri))]
        if let Some(before) = self.before {
            let mut ours = 0;
            state::pthread_setcancelstate(before, Some(&mut ours));
        }
    }
}
