//! In place of the console, where the command is built without it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;

use super::app::App;
use crate::serve_flags::ServerFlags;

pub const API: &str = "/console/api";
pub const BESIDE: [&str; 0] = [];

/// There is none.
pub enum Console {}

impl Console {
    pub fn new(_: &ServerFlags, _: SocketAddr) -> Result<Option<Arc<Self>>, String> {
        Ok(None)
    }

    pub fn url(&self) -> &str {
        match *self {}
    }
}

pub fn add(_: Router<Arc<App>>, console: Arc<Console>) -> Router<Arc<App>> {
    match *console {}
}
