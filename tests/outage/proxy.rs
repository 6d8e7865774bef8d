//! A wire to a server that can be cut: what the server holds stays, and nothing reaches it.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

#[derive(Clone)]
pub(crate) struct Proxy {
    address: SocketAddr,
    wires: Arc<Mutex<Wires>>,
}

#[derive(Default)]
struct Wires {
    is_cut: bool,
    open: Vec<TcpStream>,
}

impl Proxy {
    pub(crate) fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self { address: listener.local_addr().unwrap(), wires: Arc::default() };
        let accepting = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                // A client that is gone already, or a server that is down, is a wire that breaks.
                let _ = client.and_then(|client| accepting.connect(client, server));
            }
        });
        proxy
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Breaks all connections, and every one that is made before [`mend`](Self::mend).
    pub(crate) fn cut(&self) {
        let mut wires = self.wires.lock().unwrap_or_else(PoisonError::into_inner);
        wires.is_cut = true;
        for wire in wires.open.drain(..) {
            let _ = wire.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn mend(&self) {
        self.wires.lock().unwrap_or_else(PoisonError::into_inner).is_cut = false;
    }

    fn connect(&self, client: TcpStream, server: SocketAddr) -> io::Result<()> {
        let mut wires = self.wires.lock().unwrap_or_else(PoisonError::into_inner);
        if wires.is_cut {
            return client.shutdown(Shutdown::Both);
        }
        let server = TcpStream::connect(server)?;
        for wire in [&client, &server] {
            wire.set_nodelay(true)?;
            wires.open.push(wire.try_clone()?);
        }
        carry(client.try_clone()?, server.try_clone()?);
        carry(server, client);
        Ok(())
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}
