//! A pooler in session mode, as a client sees one: between it and its backend, which it names by a
//! number of its own.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
};

/// What a pooler adds to the number of a client's backend.
const OWN: i32 = 1_000_000;

/// Listens for one client of the server at a port, and returns where.
pub(crate) async fn listen(server: u16) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        tokio::spawn(async move { copy(&mut from_client, &mut to_server).await });
        loop {
            let kind = from_server.read_u8().await.unwrap();
            let length = from_server.read_u32().await.unwrap();
            to_client.write_u8(kind).await.unwrap();
            to_client.write_u32(length).await.unwrap();
            if kind == b'K' {
                let process = from_server.read_i32().await.unwrap();
                to_client.write_i32(process + OWN).await.unwrap();
                break;
            }
            let mut body = vec![0; length as usize - 4];
            from_server.read_exact(&mut body).await.unwrap();
            to_client.write_all(&body).await.unwrap();
        }
        copy(&mut from_server, &mut to_client).await
    });
    port
}
