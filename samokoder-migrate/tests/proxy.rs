//! A slow, counted or cut way to a server.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::{Direction, Proxy, ProxyBuilder, Server};

/// A server that answers each byte with so many, and says at the end how many it was sent.
struct Echo {
    url: String,
    heard: JoinHandle<Vec<usize>>,
}

impl Echo {
    /// Takes so many connections, one after the other.
    fn start(connections: usize, answer: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("test://me@{}/x", listener.local_addr().unwrap());
        let heard = thread::spawn(move || {
            (0..connections)
                .map(|_| hear(listener.accept().unwrap().0, answer))
                .collect()
        });
        Self { url, heard }
    }

    fn heard(self) -> Vec<usize> {
        self.heard.join().unwrap()
    }
}

fn hear(mut socket: TcpStream, answer: usize) -> usize {
    let mut heard = 0;
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = socket.read(&mut buffer) {
        heard += read;
        if socket.write_all(&vec![b'a'; answer * read]).is_err() {
            break;
        }
    }
    heard
}

/// Says so many bytes one after the other, waiting for each one's answer; returns how many came back.
fn talk(proxy: &Proxy, count: usize, answer: usize) -> usize {
    let mut socket = TcpStream::connect(proxy.address()).unwrap();
    let mut buffer = vec![0; answer];
    for said in 0..count {
        if socket.write_all(b"q").is_err() {
            return said * answer;
        }
        let mut come = 0;
        while come < answer {
            match socket.read(&mut buffer) {
                Ok(read @ 1..) => come += read,
                _ => return said * answer + come,
            }
        }
    }
    count * answer
}

fn client(proxy: &Proxy) -> Client {
    Client::connect(&proxy.url(), NoTls).unwrap()
}

#[test]
fn counts_what_a_session_waits_for() {
    let database = Server::shared().unwrap().database().unwrap();
    let proxy = Proxy::start(&database.url()).unwrap();
    assert!(proxy.url().ends_with(database.name()));
    let mut client = client(&proxy);
    let connected = proxy.traffic();
    assert_eq!((connected.waits, connected.connections), (1, 1));
    client.batch_execute("SELECT 1; SELECT 2").unwrap();
    let asked = proxy.traffic().since(&connected);
    // Q, the length, the text and its end; a SELECT is described, answered and completed.
    assert_eq!((asked.waits, asked.to_server), (1, 1 + 4 + 18 + 1));
    assert!(asked.to_client > 60, "{asked:?}");
    // Parsed and described, then bound and executed.
    client.query_one("SELECT $1::int8", &[&1_i64]).unwrap();
    assert_eq!(proxy.traffic().since(&connected).waits, 3);
}

#[test]
fn counts_each_byte_of_each_connection() {
    let echo = Echo::start(2, 3);
    let proxy = Proxy::start(&echo.url).unwrap();
    assert_eq!(talk(&proxy, 5, 3), 15);
    assert_eq!(talk(&proxy, 2, 3), 6);
    let traffic = proxy.traffic();
    assert_eq!((traffic.to_server, traffic.to_client), (7, 21));
    assert_eq!((traffic.waits, traffic.connections), (7, 2));
    assert_eq!((traffic.bytes(), traffic.cuts), (28, 0));
    assert_eq!(echo.heard(), [5, 2]);
}

#[test]
fn counts_one_wait_however_many_pieces_come() {
    // No piece is longer than 64 kB.
    const LONG: usize = 300_000;
    let echo = Echo::start(1, LONG);
    let proxy = Proxy::start(&echo.url).unwrap();
    assert_eq!(talk(&proxy, 2, LONG), 2 * LONG);
    assert_eq!(proxy.traffic().waits, 2);
    assert_eq!(echo.heard(), [2]);
}

#[test]
fn makes_an_answer_late_and_not_what_follows_it() {
    const LATE: Duration = Duration::from_millis(60);
    const MANY: usize = 200;
    let echo = Echo::start(1, 1);
    let proxy = Proxy::builder().round_trip(LATE).start(&echo.url).unwrap();
    let began = Instant::now();
    let mut socket = TcpStream::connect(proxy.address()).unwrap();
    socket.set_nodelay(true).unwrap();
    let mut ask = || {
        let asked = Instant::now();
        socket.write_all(b"q").unwrap();
        socket.read_exact(&mut [0]).unwrap();
        asked.elapsed()
    };
    ask();
    // The handshake, and the answer.
    assert!(began.elapsed() >= 2 * LATE, "{:?}", began.elapsed());
    let waited = ask();
    assert!(waited >= LATE, "{waited:?}");
    let began = Instant::now();
    let mut writer = socket.try_clone().unwrap();
    let said = thread::spawn(move || {
        for _ in 0..MANY {
            writer.write_all(b"q").unwrap();
            thread::sleep(Duration::from_micros(100));
        }
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let mut answers = Vec::new();
    socket.read_to_end(&mut answers).unwrap();
    said.join().unwrap();
    assert_eq!(answers.len(), MANY);
    // One after the other they would take 12 s.
    let took = began.elapsed();
    assert!(took >= LATE && took < Duration::from_secs(4), "{took:?}");
    assert_eq!(echo.heard(), [MANY + 2]);
}

#[test]
fn makes_one_direction_late() {
    const LATE: Duration = Duration::from_millis(200);
    for direction in [Direction::ToServer, Direction::ToClient] {
        let echo = Echo::start(1, 1);
        let proxy = Proxy::builder()
            .delay(direction, LATE)
            .start(&echo.url)
            .unwrap();
        let began = Instant::now();
        assert_eq!(talk(&proxy, 1, 1), 1);
        let took = began.elapsed();
        // The handshake, and the answer.
        assert!(took >= 2 * LATE && took < 4 * LATE, "{took:?}");
        assert_eq!(proxy.traffic().waits, 1);
        drop(proxy);
        assert_eq!(echo.heard(), [1]);
    }
}

fn cut(bytes: u64, of: Direction) -> ProxyBuilder {
    Proxy::builder().cut_after(bytes, of)
}

#[test]
fn cuts_a_connection_after_so_many_bytes_and_no_other() {
    // Ten questions of a byte, each with an answer of four.
    for (bytes, of, to_server, to_client) in [
        (0, Direction::Both, 0, 0),
        (0, Direction::ToClient, 1, 0),
        (3, Direction::ToServer, 3, 8),
        (10, Direction::ToClient, 3, 10),
        (12, Direction::Both, 3, 9),
        (15, Direction::Both, 3, 12),
        (16, Direction::Both, 4, 12),
        (50, Direction::Both, 10, 40),
    ] {
        let echo = Echo::start(2, 4);
        let proxy = cut(bytes, of).start(&echo.url).unwrap();
        let come = talk(&proxy, 10, 4);
        let first = proxy.traffic();
        assert_eq!(
            (first.to_server, first.cuts),
            (to_server, 1),
            "{bytes} {of:?}"
        );
        // The server may have answered what it was sent while the connection was being cut.
        assert!(first.to_client >= to_client, "{bytes} {of:?} {first:?}");
        if of != Direction::ToServer {
            assert_eq!(first.to_client, to_client, "{bytes} {of:?}");
        }
        assert!(
            u64::try_from(come).unwrap() <= first.to_client,
            "{bytes} {of:?}"
        );
        assert_eq!(talk(&proxy, 10, 4), 40);
        assert_eq!(proxy.traffic().cuts, 1);
        assert_eq!(
            echo.heard(),
            [usize::try_from(to_server).unwrap(), 10],
            "{bytes} {of:?}"
        );
    }
}

#[test]
fn a_session_that_is_cut_ends_at_both_ends() {
    let server = Server::shared().unwrap();
    let database = server.database().unwrap();
    let mut admin = Client::connect(&server.url(), NoTls).unwrap();
    let mut sessions = || {
        let row = admin.query_one(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = $1",
            &[&database.name()],
        );
        row.unwrap().get::<_, i64>(0)
    };
    let proxy = Proxy::start(&database.url()).unwrap();
    let mut first = client(&proxy);
    first.batch_execute("BEGIN").unwrap();
    assert_eq!(sessions(), 1);
    proxy.cut();
    assert!(first.batch_execute("COMMIT").unwrap_err().is_closed());
    let mut second = client(&proxy);
    let began = Instant::now();
    while sessions() != 1 {
        assert!(began.elapsed() < Duration::from_secs(30));
    }
    second.batch_execute("SELECT 1").unwrap();
    drop(proxy);
    assert!(second.batch_execute("SELECT 1").unwrap_err().is_closed());
}

#[test]
fn lets_go_of_its_port_when_dropped_and_tells_of_no_server() {
    let echo = Echo::start(1, 1);
    let proxy = Proxy::start(&echo.url).unwrap();
    assert_eq!(talk(&proxy, 1, 1), 1);
    assert_eq!(echo.heard(), [1]);
    // The echo is over, so nobody takes the next one.
    assert_eq!(talk(&proxy, 1, 1), 0);
    let address = proxy.address();
    drop(proxy);
    TcpStream::connect(address).unwrap_err();
}

#[test]
fn says_what_is_missing_in_an_address_without_its_password() {
    for url in [
        "host=127.0.0.1 port=5432",
        "postgres://me:secret@/x",
        "postgres://me:secret@localhost/x",
    ] {
        let error = Proxy::start(url).unwrap_err().to_string();
        assert!(
            error.starts_with("there is no `//host:port` in `"),
            "{error}"
        );
        assert!(!error.contains("secret"), "{error}");
    }
}
