//! What goes over the wire: the server's name, and what binds a password to the channel.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use crate::{
    authority::Authority,
    child::from_env,
    secured::{Folder, Secured},
};

#[test]
fn a_password_is_bound_to_the_channel() {
    let ours = Authority::new("ours");
    let server = Secured::start(&ours.sign("localhost"));
    let folder = Folder::new();
    let ca = folder.file("ca.crt", &ours.pem());
    server
        .admin()
        .batch_execute("SET password_encryption = 'scram-sha-256'; CREATE ROLE app LOGIN PASSWORD 'hunter2'; GRANT CREATE ON DATABASE postgres TO app")
        .unwrap();
    server.let_in("host all app 127.0.0.1/32 scram-sha-256");
    let bound = format!("?sslmode=verify-full&sslrootcert={ca}&channel_binding=require");
    for (password, parameters, wanted) in [
        ("hunter2", &*bound, "seen: t TLSv1.3 app"),
        (
            "hunter2",
            "?sslmode=disable&channel_binding=require",
            "channel binding",
        ),
        (
            "hunter23",
            &bound,
            "password authentication failed for user \"app\" (28P01)",
        ),
        (
            "hunter23",
            "",
            "password authentication failed for user \"app\" (28P01)",
        ),
    ] {
        let url = server
            .url("localhost", parameters)
            .replace("//postgres@", &format!("//app:{password}@"));
        let said = from_env(&url, "/nonexistent", &[]);
        assert!(said.contains(wanted), "{parameters}: {said}");
        assert!(
            !said.contains("hunter2") && !said.contains("without TLS"),
            "{said}"
        );
    }
}

#[test]
fn the_servers_name_goes_with_the_first_message() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let pooler = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 8];
        stream.read_exact(&mut request).unwrap();
        assert_eq!(request, [0, 0, 0, 8, 4, 210, 22, 47], "an SSLRequest");
        stream.write_all(b"S").unwrap();
        let mut header = [0; 5];
        stream.read_exact(&mut header).unwrap();
        let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
        stream.read_exact(&mut hello).unwrap();
        hello
    });
    let url =
        format!("host=abc.pooler.example hostaddr=127.0.0.1 port={port} user=u sslmode=require");
    let said = from_env(&url, "/nonexistent", &[]);
    assert!(said.contains("SM0707"), "{said}");
    let hello = pooler.join().unwrap();
    let name: &[u8] = b"abc.pooler.example";
    assert!(hello.windows(name.len()).any(|part| part == name));
}

#[test]
fn tls_begins_at_once_where_that_is_asked_for() {
    let ours = Authority::new("ours");
    let server = Secured::start(&ours.sign("localhost"));
    let folder = Folder::new();
    let ca = folder.file("ca.crt", &ours.pem());
    let parameters = format!("?sslmode=verify-full&sslrootcert={ca}&sslnegotiation=direct");
    let said = from_env(&server.url("localhost", &parameters), "/nonexistent", &[]);
    // The servers from 17 on take it.
    let wanted = if server.server.version() >= 17 {
        "seen: t TLSv1.3 postgres"
    } else {
        "SM0707"
    };
    assert!(said.contains(wanted), "{said}");
}
