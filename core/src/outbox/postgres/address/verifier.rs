//! Who a server may be, by its certificate.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Those who may vouch for a server.
#[derive(Debug)]
pub(super) struct Trust {
    pub roots: RootCertStore,
    /// The same certificates as they were read from a file.
    pub certificates: Vec<CertificateDer<'static>>,
}

/// Checks a server's certificate as far as `sslmode` asks for it. That the server has the certificate's key is checked always: the
/// binding of a login to the connection rests on it.
#[derive(Debug)]
pub(super) struct Verifier {
    trust: Option<Trust>,
    names: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    /// `names` is whether the certificate must be for the server's name.
    pub(super) fn new(trust: Option<Trust>, names: bool, algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self { trust, names, algorithms }
    }

    fn verify(
        &self,
        trust: &Trust,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let parsed = ParsedCertificate::try_from(shown)?;
        match verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &trust.roots,
            between,
            now,
            self.algorithms.all,
        ) {
            // A server's certificate that it signed itself, as `openssl req -x509` makes one, and that is trusted as it is. Its dates
            // were looked at before.
            Err(error) if is_an_authority(&error) && trust.certificates.contains(shown) => {}
            outcome => outcome?,
        }
        if self.names { verify_server_name(&parsed, name) } else { Ok(()) }
    }
}

/// Whether a certificate was refused for no other reason than that it is an authority's.
fn is_an_authority(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    matches!(other.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(trust) = &self.trust {
            self.verify(trust, shown, between, name, now)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, shown, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, shown, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

    use super::*;

    fn signed_by_itself(change: impl FnOnce(&mut CertificateParams)) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["db".to_owned()]).unwrap();
        change(&mut params);
        params.self_signed(&key).unwrap().der().clone()
    }

    fn verified(
        shown: &CertificateDer<'static>,
        trusted: &CertificateDer<'static>,
        names: bool,
        name: &str,
    ) -> bool {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let trust = Trust { roots, certificates: vec![trusted.clone()] };
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        let verifier = Verifier::new(Some(trust), names, algorithms);
        let name = ServerName::try_from(name.to_owned()).unwrap();
        verifier.verify_server_cert(shown, &[], &name, &[], UnixTime::now()).is_ok()
    }

    /// As the manual of PostgreSQL has it: `openssl req -new -x509`, and the same file as `sslrootcert`.
    #[test]
    fn a_certificate_that_signed_itself_is_trusted_where_it_is_named_and_in_its_time() {
        let authority =
            |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        for made in [signed_by_itself(authority), signed_by_itself(|_| {})] {
            assert!(verified(&made, &made, true, "db"));
            assert!(!verified(&made, &made, true, "other"));
            assert!(verified(&made, &made, false, "other"));
            assert!(!verified(&made, &signed_by_itself(authority), false, "db"));
        }
        let over = signed_by_itself(|params| {
            authority(params);
            (params.not_before, params.not_after) =
                (rcgen::date_time_ymd(2001, 1, 1), rcgen::date_time_ymd(2002, 1, 1));
        });
        assert!(!verified(&over, &over, false, "db"));
    }
}
