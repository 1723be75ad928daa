//! What the SDKs cannot do without (contract 2).
