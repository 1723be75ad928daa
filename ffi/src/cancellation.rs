//! Delays `pthread_cancel` until a call has returned. A commit passes many cancellation points; if the thread ended at one of
//! them, the engine's locks would stay taken for ever.

#[cfg(not(miri))]
mod state {
    use std::ffi::c_int;

    // The crate `libc` does not declare it for every system that has it.
    unsafe extern "C" {
        pub(super) safe fn pthread_setcancelstate(state: c_int, before: Option<&mut c_int>) -> c_int;
    }

    /// `PTHREAD_CANCEL_DISABLE`.
    pub(super) const DISABLED: c_int = if cfg!(target_vendor = "apple") { 0 } else { 1 };
}

/// While it lives, the thread cannot be cancelled.
pub(crate) struct NoCancellation {
    #[cfg(not(miri))]
    before: Option<std::ffi::c_int>,
}

impl NoCancellation {
    pub(crate) fn begin() -> Self {
        #[cfg(not(miri))]
        {
            let mut before = 0;
            let changed = state::pthread_setcancelstate(state::DISABLED, Some(&mut before)) == 0;
            Self { before: changed.then_some(before) }
        }
        #[cfg(miri)]
        Self {}
    }
}

impl Drop for NoCancellation {
    fn drop(&mut self) {
        #[cfg(not(miri))]
        if let Some(before) = self.before {
            let mut ours = 0;
            state::pthread_setcancelstate(before, Some(&mut ours));
        }
    }
}
