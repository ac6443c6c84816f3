//! The certificate that the server shows.
//!
//! By default it comes from an authority of the server's own, which lies in the data directory so
//! that it has to be trusted once; the certificates themselves are made as they are asked for.

use crate::serve::Tls;
use anyhow::Context;
use chrono::{Datelike, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::{
    ServerConfig,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::{CertifiedKey, SingleCertAndKey},
};
use std::{
    collections::HashMap,
    fs,
    io::Write,
    net::IpAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tempfile::TempDir;

/// The authority's file.
const AUTHORITY: &str = "ca.pem";

/// How many days a certificate is good. Some clients refuse longer ones.
const CERTIFICATE_DAYS: i64 = 397;

/// The same for the authority, which somebody had to trust by hand.
const AUTHORITY_DAYS: i64 = 3650;

/// How many certificates are kept, since clients may name what they like.
const NAMES_KEPT: usize = 1_000;

/// A certificate with its key.
#[derive(Debug)]
pub struct Identity {
    config: Arc<ServerConfig>,
    authority: Option<PathBuf>,
    /// Where the authority is when there is no folder to keep it in.
    _temporary: Option<TempDir>,
}

impl Identity {
    /// Reads or makes it. An authority of our own is kept in `folder`.
    pub fn load(tls: &Tls, folder: Option<&Path>, address: IpAddr) -> anyhow::Result<Self> {
        match tls {
            Tls::Files(certificate, key) => {
                let chain = CertificateDer::pem_file_iter(certificate)
                    .and_then(Iterator::collect)
                    .with_context(|| format!("can't read the certificate {}", certificate.display()))?;
                let key = PrivateKeyDer::from_pem_file(key)
                    .with_context(|| format!("can't read the key {}", key.display()))?;
                let certificate = CertifiedKey::from_der(chain, key, &provider()).context("certificate and key")?;
                let certificates = Arc::new(SingleCertAndKey::from(certificate));
                Ok(Self { config: config(certificates)?, authority: None, _temporary: None })
            }
            Tls::Own => {
                let (folder, temporary) = match folder {
                    Some(folder) => (folder.join("tls"), None),
                    None => {
                        let temporary = tempfile::Builder::new().prefix("mock-jira-tls-").tempdir()?;
                        (temporary.path().to_owned(), Some(temporary))
                    }
                };
                let minter = Minter::open(&folder, address).with_context(|| format!("TLS, in {}", folder.display()))?;
                let authority = Some(folder.join(AUTHORITY));
                Ok(Self { config: config(Arc::new(minter))?, authority, _temporary: temporary })
            }
        }
    }

    /// For serving.
    pub fn config(&self) -> Arc<ServerConfig> {
        self.config.clone()
    }

    /// The file of the authority that clients must trust.
    pub fn authority(&self) -> Option<&Path> {
        self.authority.as_deref()
    }
}

fn config(certificates: Arc<dyn ResolvesServerCert>) -> Result<Arc<ServerConfig>, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Makes a certificate for each name by which the server is called: every site is a name, and
/// clients do not take `*.localhost` for them.
#[derive(Debug)]
struct Minter {
    authority: Issuer<'static, KeyPair>,
    /// For clients that name nobody, because they call an address.
    unnamed: Arc<CertifiedKey>,
    named: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Minter {
    /// Reads the authority, or makes it.
    fn open(folder: &Path, address: IpAddr) -> anyhow::Result<Self> {
        let authority = authority(folder)?;
        let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        let address = address.to_string();
        if !names.contains(&address) {
            names.push(address);
        }
        let unnamed = mint(&authority, names)?;
        Ok(Self { authority, unnamed, named: Mutex::default() })
    }
}

impl ResolvesServerCert for Minter {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let Some(name) = hello.server_name() else { return Some(self.unnamed.clone()) };
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = named.get(name) {
            return Some(known.clone());
        }
        if named.len() >= NAMES_KEPT {
            named.clear();
        }
        match mint(&self.authority, vec![name.to_owned()]) {
            Ok(made) => {
                named.insert(name.to_owned(), made.clone());
                Some(made)
            }
            Err(error) => {
                tracing::warn!(name, error = format!("{error:#}"), "no certificate");
                None
            }
        }
    }
}

/// The authority of the folder, made when it is missing.
fn authority(folder: &Path) -> anyhow::Result<Issuer<'static, KeyPair>> {
    let (certificate, key) = (folder.join(AUTHORITY), folder.join("ca-key.pem"));
    let mut authority = CertificateParams::default();
    authority.distinguished_name = named("mock-jira authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    last(&mut authority, AUTHORITY_DAYS);
    if certificate.exists() && key.exists() {
        // What it signs names it and its key only, and these are the same each time.
        return Ok(Issuer::new(authority, KeyPair::from_pem(&fs::read_to_string(&key)?)?));
    }
    fs::create_dir_all(folder)?;
    let made = KeyPair::generate()?;
    write_private(&key, &made.serialize_pem())?;
    // The certificate comes last: where it is, its key is too.
    fs::write(&certificate, authority.self_signed(&made)?.pem())?;
    Ok(Issuer::new(authority, made))
}

fn mint(authority: &Issuer<'static, KeyPair>, names: Vec<String>) -> anyhow::Result<Arc<CertifiedKey>> {
    let mut server = CertificateParams::new(names)?;
    server.distinguished_name = named("mock-jira");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.use_authority_key_identifier_extension = true;
    last(&mut server, CERTIFICATE_DAYS);
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, authority)?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
    Ok(Arc::new(CertifiedKey::from_der(vec![certificate.der().clone()], key, &provider())?))
}

fn last(certificate: &mut CertificateParams, days: i64) {
    let on = |days| {
        let date = Utc::now() + TimeDelta::days(days);
        rcgen::date_time_ymd(date.year(), date.month() as u8, date.day() as u8)
    };
    // Clocks differ.
    (certificate.not_before, certificate.not_after) = (on(-1), on(days));
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}
