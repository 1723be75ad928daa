//! How a server is connected to: whom it may be, who we are, and what is said where it does not work.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hookbridge_core::config::{Delivery, Durability};
use hookbridge_core::{Config, Engine, ErrorCode};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use super::receiver::{self, Receiver, answer};
use super::server::Server;

/// The password of every role that has one. It is in no error.
const PASSWORD: &str = "s3cret";

/// Who may log in, by what, and from where.
const ADMITTED: &str = "local all all trust
hostssl all certified 127.0.0.1/32 cert
hostnossl all encrypted 127.0.0.1/32 reject
hostssl all plain 127.0.0.1/32 reject
host all trusted 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
";
const ROLES: &str = "CREATE ROLE app LOGIN SUPERUSER PASSWORD 's3cret'; CREATE ROLE encrypted LOGIN SUPERUSER PASSWORD 's3cret';
    CREATE ROLE plain LOGIN SUPERUSER PASSWORD 's3cret'; CREATE ROLE certified LOGIN SUPERUSER;
    CREATE ROLE trusted LOGIN SUPERUSER; CREATE ROLE poor LOGIN PASSWORD 's3cret';
    CREATE ROLE careless LOGIN SUPERUSER PASSWORD 's3cret'; ALTER ROLE careless SET synchronous_commit = off;
    CREATE ROLE reader LOGIN SUPERUSER PASSWORD 's3cret'; ALTER ROLE reader SET default_transaction_read_only = on;
    CREATE DATABASE closed; REVOKE CONNECT ON DATABASE closed FROM PUBLIC; CREATE DATABASE bare;
    CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;";

/// A server that does TLS, on a port of 127.0.0.1, and the files for it.
struct Encrypted {
    server: Server,
    files: TempDir,
    port: u16,
}

/// An authority.
fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    (Issuer::new(params, key), pem)
}

/// A certificate for names, with its key.
fn certificate(by: &Issuer<'_, KeyPair>, subject: &str, names: &[&str]) -> (String, String) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, subject);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, by).unwrap().pem(), key.serialize_pem())
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

impl Encrypted {
    fn start() -> Self {
        let started =
            Self { server: Server::start(), files: tempfile::tempdir().unwrap(), port: free_port() };
        let ((ours, root), (others, other)) = (authority("ours"), authority("another"));
        started.write("root.crt", &root);
        started.write("other.crt", &other);
        for (name, by, subject, names) in [
            ("server", &ours, "db", &["localhost"][..]),
            ("client", &ours, "certified", &["certified"]),
            ("stranger", &others, "certified", &["certified"]),
        ] {
            let (pem, key) = certificate(by, subject, names);
            started.write(&format!("{name}.crt"), &pem);
            started.write(&format!("{name}.key"), &key);
        }
        // Where the server may read them.
        let data = PathBuf::from(started.server.data());
        let owner = std::fs::metadata(&data).unwrap();
        for name in ["server.crt", "server.key", "root.crt"] {
            let place = data.join(name);
            std::fs::copy(started.file(name), &place).unwrap();
            chown(&place, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        std::fs::write(data.join("pg_hba.conf"), ADMITTED).unwrap();
        started.server.sql("postgres", ROLES).unwrap();
        started.restart("");
        super::database_at(&started.server, started.port);
        started
    }

    fn restart(&self, options: &str) {
        let tls = "-c ssl=on -c ssl_cert_file=server.crt -c ssl_key_file=server.key -c ssl_ca_file=root.crt";
        self.server.restart(&format!("-c listen_addresses=127.0.0.1 -p {} {tls} {options}", self.port));
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).unwrap();
        std::fs::set_permissions(self.file(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// An address in which `FOLDER` and `PORT` are filled in.
    fn filled(&self, text: &str) -> String {
        let folder = self.files.path().display().to_string();
        text.replace("FOLDER", &folder).replace("PORT", &self.port.to_string())
    }

    /// What opening an outbox there came to: nothing, or what is said.
    fn opened(&self, address: &str, durability: Durability) -> String {
        let database = PathBuf::from(self.filled(address));
        let config = Config { database, durability, delivery: Delivery::Off, ..Config::default() };
        assert!(!format!("{config:?}").contains(PASSWORD), "{config:?}");
        let engine = match Engine::open(config) {
            Ok(engine) => engine,
            Err(error) => return format!("{}: {error}", error.code().name()),
        };
        let shown =
            format!("{:?} {}", engine.config(), receiver::call(&engine, "stats", serde_json::json!({})));
        assert!(!shown.contains(PASSWORD), "{shown}");
        engine.close(std::time::Duration::from_secs(10)).unwrap();
        String::new()
    }

    /// Opens an outbox at each address, and looks whether what is said has the words that are expected.
    fn try_each(&self, tried: &[(&str, &str)]) {
        let mut wrong = String::new();
        for (address, expected) in tried {
            let said = self.opened(address, Durability::Full);
            if said.contains(PASSWORD) || !said.contains(expected) || said.is_empty() != expected.is_empty() {
                wrong += &format!("{address}: {said}\n");
            }
        }
        assert!(wrong.is_empty(), "\n{wrong}");
    }
}

/// The modes of TLS, and who logs in by what.
#[test]
fn a_server_is_who_it_is_to_be_and_so_are_we() {
    let encrypted = Encrypted::start();
    let with_root = "postgresql://app:s3cret@localhost:PORT/postgres?sslrootcert=FOLDER/root.crt";
    let by_address = "postgresql://app:s3cret@127.0.0.1:PORT/postgres?sslrootcert=FOLDER/root.crt";
    let with_other = "postgresql://app:s3cret@localhost:PORT/postgres?sslrootcert=FOLDER/other.crt";
    let certified =
        "postgresql://certified@localhost:PORT/postgres?sslmode=verify-full&sslrootcert=FOLDER/root.crt";
    let other_name = "is for localhost, and not for `127.0.0.1`";
    let other_root = "other.crt (`sslrootcert`)";
    let tried: Vec<(String, &str)> = vec![
        (format!("{with_root}&sslmode=verify-full"), ""),
        (format!("{with_root}&sslmode=verify-ca"), ""),
        (format!("{by_address}&sslmode=verify-ca"), ""),
        (format!("{by_address}&sslmode=verify-full"), other_name),
        // A name that an address of its own goes with.
        ("host=localhost hostaddr=127.0.0.1 port=PORT user=app password=s3cret dbname=postgres sslmode=verify-full sslrootcert=FOLDER/root.crt".to_owned(), ""),
        (format!("{with_other}&sslmode=verify-full"), other_root),
        (format!("{with_other}&sslmode=verify-ca"), other_root),
        // With a file of authorities `require` verifies too, as libpq has it; `prefer` then does without TLS.
        (format!("{with_other}&sslmode=require"), other_root),
        (format!("{with_other}&sslmode=prefer"), ""),
        ("postgresql://app:s3cret@localhost:PORT/postgres?sslmode=require".to_owned(), ""),
        ("postgresql://app:s3cret@localhost:PORT/postgres?sslrootcert=system".to_owned(), "not signed by the system's authorities"),
        ("postgresql://encrypted:s3cret@localhost:PORT/postgres".to_owned(), ""),
        ("postgresql://encrypted:s3cret@localhost:PORT/postgres?sslmode=allow".to_owned(), ""),
        ("postgresql://encrypted:s3cret@localhost:PORT/postgres?sslmode=disable".to_owned(), "SQLSTATE 28000"),
        ("postgresql://plain:s3cret@localhost:PORT/postgres".to_owned(), ""),
        ("postgresql://plain:s3cret@localhost:PORT/postgres?sslmode=require".to_owned(), "SQLSTATE 28000"),
        // A login that is bound to the connection.
        (format!("{with_root}&sslmode=verify-full&channel_binding=require"), ""),
        ("postgresql://app:s3cret@localhost:PORT/postgres?sslmode=disable&channel_binding=require".to_owned(), "the login failed: server did not use channel binding"),
        ("postgresql://trusted@localhost:PORT/postgres?channel_binding=require".to_owned(), "the login failed: server did not use channel binding"),
        (format!("{certified}&sslcert=FOLDER/client.crt&sslkey=FOLDER/client.key"), ""),
        (certified.to_owned(), "connection requires a valid client certificate"),
        (format!("{certified}&sslcert=FOLDER/stranger.crt&sslkey=FOLDER/stranger.key"), "the certificate of `sslcert`"),
        (format!("{certified}&sslcert=FOLDER/client.crt&sslkey=FOLDER/stranger.key"), "`sslcert`: "),
        (format!("{certified}&sslcert=FOLDER/client.crt&sslkey=FOLDER/none.key"), "`sslkey`: "),
        (format!("{with_root}&sslmode=verify-full&sslnegotiation=direct"), "sslnegotiation"),
    ];
    let tried: Vec<(&str, &str)> =
        tried.iter().map(|(address, expected)| (address.as_str(), *expected)).collect();
    encrypted.try_each(&tried);
    std::fs::set_permissions(encrypted.file("client.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    encrypted.try_each(&[(
        &format!("{certified}&sslcert=FOLDER/client.crt&sslkey=FOLDER/client.key"),
        "others may read or write it",
    )]);
    by_service_and_passfile(&encrypted);
}

/// A service and a password that a process has from files.
fn by_service_and_passfile(encrypted: &Encrypted) {
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = super::open(&super::database_at(&encrypted.server, encrypted.port), Delivery::Off);
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let service = "[prod]\nhost=nowhere.invalid,localhost\nport=PORT\nuser=app\nsslmode=verify-full\nsslrootcert=FOLDER/root.crt\n";
    encrypted.write("services", &encrypted.filled(service));
    let port = encrypted.port;
    encrypted.write(
        "passwords",
        &format!("localhost:{port}:other:app:wrong\nlocalhost:{port}:*:app:{PASSWORD}\n"),
    );
    let sends = |database: &str, variables: &[(&str, &str)]| {
        let mut sender = Command::new(env!("CARGO_BIN_EXE_producer"))
            .args([database, &endpoint, "send", "1", "1"])
            .env("PGSERVICEFILE", encrypted.file("services"))
            .env("PGDATABASE", "postgres")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It sends as long as this is open.
        let open = sender.stdin.take();
        let sent = sender.wait_with_output().unwrap();
        drop(open);
        let said =
            String::from_utf8_lossy(&sent.stdout).into_owned() + &String::from_utf8_lossy(&sent.stderr);
        assert!(!said.contains(PASSWORD), "{said}");
        said
    };
    let passwords = encrypted.file("passwords");
    let passwords = passwords.to_str().unwrap();
    for (database, variables) in [
        ("service=prod", &[("PGPASSFILE", passwords)][..]),
        ("postgresql://?service=prod", &[("PGPASSWORD", PASSWORD)]),
        ("postgresql://", &[("PGSERVICE", "prod"), ("PGPASSFILE", passwords)]),
    ] {
        let said = sends(database, variables);
        assert_eq!(said.trim().len(), 36, "{database}: {said}");
    }
    std::fs::set_permissions(passwords, std::fs::Permissions::from_mode(0o640)).unwrap();
    let said = sends("service=prod", &[("PGPASSFILE", passwords)]);
    assert!(
        said.contains("asks for a password") && said.contains("is not used: others may read or write it"),
        "{said}"
    );
    let said = sends("service=prod", &[("PGPASSWORD", "another")]);
    assert!(said.contains("mend the password of the role `app`"), "{said}");
    engine.close(std::time::Duration::from_secs(10)).unwrap();
}

/// Answers every connection with `text`, or never where there is none.
fn no_server(text: Option<&'static str>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for mut stream in listener.incoming().flatten() {
            let Some(text) = text else {
                silent.push(stream);
                continue;
            };
            let _ = stream.read(&mut [0; 8]).and_then(|_| stream.write_all(text.as_bytes()));
        }
    });
    port
}

/// What does not work is said so that whoever runs the database knows what to do.
#[test]
fn what_keeps_from_connecting_is_said_in_words() {
    let encrypted = Encrypted::start();
    let (http, silent) = (no_server(Some("HTTP/1.1 400 Bad Request\r\n\r\n")), no_server(None));
    let at = |port: u16, more: &str| format!("postgresql://app:s3cret@127.0.0.1:{port}/postgres?{more}");
    let tried: Vec<(String, &str)> = vec![
        ("postgresql://app:s3cret@127.0.0.1:PORT/postgres".to_owned(), ""),
        (
            "postgresql://app:wr0ng@127.0.0.1:PORT/postgres".to_owned(),
            "(SQLSTATE 28P01); mend the password of the role `app`",
        ),
        ("postgresql://app@127.0.0.1:PORT/postgres".to_owned(), "it asks for a password, and none is given"),
        ("postgresql://nobody:s3cret@127.0.0.1:PORT/postgres".to_owned(), "(SQLSTATE 28P01)"),
        ("postgresql://app:s3cret@127.0.0.1:PORT/none".to_owned(), "create the database `none`"),
        (
            "postgresql://poor:s3cret@127.0.0.1:PORT/closed".to_owned(),
            "GRANT CONNECT ON DATABASE \"closed\" TO \"poor\"",
        ),
        ("postgresql://poor:s3cret@127.0.0.1:PORT/postgres".to_owned(), "grant the role hookbridge_sidecar"),
        (
            "postgresql://app:s3cret@127.0.0.1:PORT/bare".to_owned(),
            "run `hookbridge migrate` as its owner first",
        ),
        (
            "postgresql://app:s3cret@127.0.0.1:PORT/latin".to_owned(),
            "its encoding is LATIN1, and must be UTF8",
        ),
        ("postgresql://reader:s3cret@127.0.0.1:PORT/postgres".to_owned(), "it takes no writes"),
        (
            "postgresql://careless:s3cret@127.0.0.1:PORT/postgres".to_owned(),
            "synchronous_commit is off for this role",
        ),
        (at(free_port(), ""), "does the server run, and listen there?"),
        (
            "postgresql://app:s3cret@nowhere.invalid/postgres".to_owned(),
            "nowhere.invalid:5432: the name cannot be looked up",
        ),
        ("host=/nowhere user=app dbname=x".to_owned(), "/nowhere/.s.PGSQL.5432: "),
        (at(http, ""), "it does not answer as a PostgreSQL server does"),
        (at(http, "sslmode=require"), "it does no TLS"),
        (at(silent, "connect_timeout=1"), "no answer within 1 s (`connect_timeout`)"),
        // Of several servers each is named, or the one that can be used is used.
        (
            format!("host=127.0.0.1,127.0.0.1 port={},{http} user=app password=s3cret dbname=x", free_port()),
            "; 127.0.0.1:",
        ),
        (format!("host=127.0.0.1,127.0.0.1 port={http},PORT user=app password=s3cret dbname=postgres"), ""),
    ];
    let tried: Vec<(&str, &str)> =
        tried.iter().map(|(address, expected)| (address.as_str(), *expected)).collect();
    encrypted.try_each(&tried);
    for address in
        ["postgresql://app:s3cret@127.0.0.1:PORT/latin", "postgresql://app:wr0ng@127.0.0.1:PORT/postgres"]
    {
        let refused = hookbridge_core::engine::migrate(Path::new(&encrypted.filled(address))).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::StorageUnavailable, "{refused}");
    }
    // A server that keeps nothing is one for whom nothing has to be kept.
    encrypted.restart("-c fsync=off -c ssl=off");
    let address = "postgresql://app:s3cret@127.0.0.1:PORT/postgres";
    assert!(encrypted.opened(address, Durability::Full).contains("turn fsync on"));
    assert_eq!(encrypted.opened(address, Durability::Normal), "");
    encrypted.try_each(&[(&format!("{address}?sslmode=require"), "it does no TLS (`ssl` is off there)")]);
    std::fs::write(Path::new(&encrypted.server.data()).join("standby.signal"), "").unwrap();
    encrypted.restart("");
    encrypted.try_each(&[(address, "it takes no writes (it is a standby, or read only)")]);
}
