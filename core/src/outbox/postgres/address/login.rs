//! The name of this process's user, which is the role of an address that names none.

pub(super) fn name() -> Option<String> {
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok()??;
    Some(user.name)
}
