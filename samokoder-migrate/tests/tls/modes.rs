//! What each mode checks, as libpq's table "SSL Mode Descriptions" has it.

use samokoder_migrate::testing::Server;

use crate::{
    authority::Authority,
    child::from_env,
    secured::{Folder, Secured},
};

/// What the server says of a connection that is encrypted, and of one that is not.
const TLS: &str = "seen: t TLSv1.3 postgres";
const PLAIN: &str = "seen: f postgres";

#[test]
fn checks_what_the_mode_says() {
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let server = Secured::start(&ours.sign("localhost"));
    let folder = Folder::new();
    let (ca, wrong) = (
        folder.file("ca.crt", &ours.pem()),
        folder.file("wrong.crt", &other.pem()),
    );
    let bundle = folder.file("bundle.crt", &(other.pem() + &ours.pem()));
    let home = folder.path().to_str().unwrap();
    for (host, parameters, wanted) in [
        (
            "localhost",
            format!("?sslmode=verify-full&sslrootcert={ca}"),
            TLS,
        ),
        (
            "localhost",
            format!("?sslmode=verify-full&sslrootcert={bundle}"),
            TLS,
        ),
        (
            "localhost",
            format!("?sslmode=verify-full&sslrootcert={wrong}"),
            "UnknownIssuer",
        ),
        (
            "127.0.0.1",
            format!("?sslmode=verify-full&sslrootcert={ca}"),
            "not valid for name \"127.0.0.1\"",
        ),
        (
            "127.0.0.1",
            format!("?sslmode=verify-ca&sslrootcert={ca}"),
            TLS,
        ),
        (
            "localhost",
            format!("?sslmode=verify-ca&sslrootcert={wrong}"),
            "UnknownIssuer",
        ),
        // Not the operating system's.
        (
            "localhost",
            "?sslrootcert=system".to_owned(),
            "UnknownIssuer",
        ),
        (
            "localhost",
            "?sslmode=verify-full&sslrootcert=system".to_owned(),
            "UnknownIssuer",
        ),
        // Nobody to trust.
        ("127.0.0.1", "?sslmode=require".to_owned(), TLS),
        (
            "localhost",
            "?sslmode=verify-ca".to_owned(),
            "`verify-ca` needs to know whom to trust",
        ),
        (
            "localhost",
            "?sslmode=require&sslrootcert=/no/such".to_owned(),
            "`/no/such` does not exist",
        ),
        (
            "localhost",
            format!("?sslmode=require&sslrootcert={home}"),
            "cannot be read",
        ),
        // `require` with somebody to trust is `verify-ca`.
        (
            "127.0.0.1",
            format!("?sslmode=require&sslrootcert={ca}"),
            TLS,
        ),
        (
            "localhost",
            format!("?sslmode=require&sslrootcert={wrong}"),
            "UnknownIssuer",
        ),
        ("localhost", String::new(), TLS),
        ("localhost", "?sslmode=prefer".to_owned(), TLS),
        (
            "localhost",
            format!("?sslmode=prefer&sslrootcert={wrong}"),
            PLAIN,
        ),
        ("localhost", "?sslmode=allow".to_owned(), PLAIN),
        ("localhost", "?sslmode=disable".to_owned(), PLAIN),
    ] {
        let said = from_env(&server.url(host, &parameters), home, &[]);
        assert!(said.contains(wanted), "{host} {parameters}: {said}");
        assert_eq!(said.contains("SM0707"), !wanted.contains("seen"), "{said}");
    }
}

#[test]
fn says_what_of_a_string_is_not_understood() {
    let url = "postgres://app:hunter2@localhost/shop";
    for (parameters, wanted) in [
        ("sslmode=verify_full", "`verify_full` is no sslmode"),
        (
            "sslmode=require&sslrootcert=system",
            "weak sslmode `require`",
        ),
        (
            "sslmode=require&sslcert=a",
            "the parameter `sslcert` is not supported",
        ),
        ("sslmode=require&other=a", "it is not a connection string"),
    ] {
        let said = from_env(&format!("{url}?{parameters}"), "/nonexistent", &[]);
        assert!(said.contains("SM0707") && said.contains(wanted), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn reads_both_forms_and_the_environment() {
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let server = Secured::start(&ours.sign("db.example"));
    let folder = Folder::new();
    let (ca, wrong) = (
        folder.file("ca.crt", &ours.pem()),
        folder.file("wrong.crt", &other.pem()),
    );
    let home = folder.path().to_str().unwrap();
    let bare = server.url("127.0.0.1", "");
    let port = bare.rsplit([':', '/']).nth(1).unwrap();
    let words = format!(
        "host=db.example hostaddr=127.0.0.1 port={port} user=postgres dbname=postgres sslmode=verify-full sslrootcert='{ca}'"
    );
    let address = format!("hostaddr=127.0.0.1 port={port} user=postgres sslrootcert='{ca}'");
    for (url, variables, wanted) in [
        (&*words, &[][..], TLS),
        // The string comes before the environment.
        (
            &words,
            &[("PGSSLMODE", "disable"), ("PGSSLROOTCERT", &*wrong)],
            TLS,
        ),
        (&address, &[("PGSSLMODE", "verify-ca")], TLS),
        (
            &address,
            &[("PGSSLMODE", "verify-full")],
            "not valid for name",
        ),
        (
            &bare,
            &[("PGSSLMODE", "verify-ca"), ("PGSSLROOTCERT", &ca)],
            TLS,
        ),
        (
            &bare,
            &[("PGSSLMODE", "verify-ca"), ("PGSSLROOTCERT", &wrong)],
            "UnknownIssuer",
        ),
        (
            &bare,
            &[("PGSSLMODE", "sometimes")],
            "`sometimes` is no sslmode",
        ),
        (
            &words.replace(&*format!("'{ca}'"), "system"),
            &[("SSL_CERT_FILE", &ca)],
            TLS,
        ),
        (
            &bare,
            &[("PGSSLROOTCERT", "system"), ("SSL_CERT_FILE", &ca)],
            "not valid for name",
        ),
    ] {
        let said = from_env(url, home, variables);
        assert!(said.contains(wanted), "{variables:?}: {said}");
    }
    // Where libpq looks when nothing is named.
    folder.file(".postgresql/root.crt", &other.pem());
    let said = from_env(&server.url("127.0.0.1", "?sslmode=require"), home, &[]);
    assert!(said.contains("UnknownIssuer"), "{said}");
    folder.file(".postgresql/root.crt", &ours.pem());
    let said = from_env(&server.url("127.0.0.1", "?sslmode=verify-ca"), home, &[]);
    assert!(said.contains(TLS), "{said}");
}

#[test]
fn an_expired_certificate_is_refused_where_anything_is_checked() {
    let ours = Authority::new("ours");
    let server = Secured::start(&ours.sign_expired("localhost"));
    let folder = Folder::new();
    let ca = folder.file("ca.crt", &ours.pem());
    let home = folder.path().to_str().unwrap();
    for mode in ["verify-full", "verify-ca", "require"] {
        let parameters = format!("?sslmode={mode}&sslrootcert={ca}");
        let said = from_env(&server.url("localhost", &parameters), home, &[]);
        assert!(said.contains("certificate expired"), "{mode}: {said}");
    }
    let said = from_env(&server.url("localhost", "?sslmode=require"), home, &[]);
    assert!(said.contains(TLS), "{said}");
}

#[test]
fn does_without_tls_only_where_the_mode_lets_it() {
    let server = Server::shared().unwrap();
    for (mode, wanted) in [
        ("disable", PLAIN),
        ("allow", PLAIN),
        ("prefer", PLAIN),
        ("require", "server does not support TLS"),
    ] {
        let database = server.database().unwrap();
        let said = from_env(
            &format!("{}?sslmode={mode}", database.url()),
            "/nonexistent",
            &[],
        );
        assert!(said.contains(wanted), "{mode}: {said}");
    }
}

#[test]
fn tries_the_other_way_where_the_server_lets_nobody_in_by_the_first() {
    let server = Secured::start(&Authority::new("ours").sign("localhost"));
    server
        .admin()
        .batch_execute("CREATE ROLE app LOGIN; GRANT CREATE ON DATABASE postgres TO app")
        .unwrap();
    let url = |mode: &str| {
        server
            .url("127.0.0.1", &format!("?sslmode={mode}"))
            .replace("//postgres@", "//app@")
    };
    for (rule, mode, wanted) in [
        ("hostssl", "allow", "seen: t TLSv1.3 app"),
        ("hostssl", "disable", "no pg_hba.conf entry"),
        ("hostnossl", "prefer", "seen: f app"),
        ("hostnossl", "require", "no pg_hba.conf entry"),
    ] {
        server.let_in(&format!("{rule} all app 127.0.0.1/32 trust"));
        let said = from_env(&url(mode), "/nonexistent", &[]);
        assert!(said.contains(wanted), "{rule} {mode}: {said}");
    }
    server.let_in("local all app trust");
    let said = from_env(&url("prefer"), "/nonexistent", &[]);
    assert!(
        // What comes before is said in other words by each version.
        said.contains(" (28000); without TLS: no pg_hba.conf entry"),
        "{said}"
    );
}
