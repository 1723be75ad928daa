//! What each route may refuse: its row's errors, which `core/tests/documented.rs` holds to docs/contract.md#operations, and those that
//! any route may answer (docs/contract.md#errors), where they can be provoked.

use hookbridge_core::ErrorCode;
use hookbridge_core::operations::definition::{ERROR_OF_EVERY_BODY, ERRORS_OF_EVERY_ROUTE, Route, served};

/// A route, and the status and code of each of its refusals.
pub struct Row {
    pub method: String,
    pub path: &'static str,
    pub refusals: Vec<(u16, &'static str)>,
}

/// What a route that writes answers while the outbox cannot be written.
pub const UNWRITABLE: (u16, &str) = (503, "STORAGE_UNAVAILABLE");

/// Every row, in the order of docs/contract.md#operations.
pub fn rows() -> Vec<Row> {
    served().iter().map(row).collect()
}

fn row(route: &Route) -> Row {
    let mut codes = [route.operation.errors, ERRORS_OF_EVERY_ROUTE].concat();
    // A route without any field cannot be asked wrongly. Where the path has an id, it may be no UTF-8.
    if route.path_parameters().next().is_some() || !route.query.is_empty() || route.has_body {
        codes.push(ErrorCode::InvalidRequest);
    }
    if route.has_body {
        codes.push(ERROR_OF_EVERY_BODY);
    }
    let reads = route.operation.address.is_some_and(|address| address.reads);
    // A test delivery is recorded nowhere.
    if !reads && route.operation.name != "endpoints.test" {
        codes.push(ErrorCode::StorageUnavailable);
    }
    let refusals = codes.iter().map(|code| (code.http_status(), code.name())).collect();
    Row { method: route.verb.name().to_uppercase(), path: route.path, refusals }
}
