package serve

import (
	"net"
	"sync"
)

// maxConns bounds the connections that are open at once: six of each of a few
// tabs (convention). What comes on top is closed unread, so that connections
// that say nothing cannot keep a page waiting.
const maxConns = 64

// A bounded listener holds no more than a number of connections.
type bounded struct {
	*net.TCPListener
	taken chan struct{} // a slot of each connection
}

func bound(l *net.TCPListener, n int) *bounded {
	return &bounded{l, make(chan struct{}, n)}
}

// Accept returns the next connection for which there is a slot.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		c, err := b.AcceptTCP()
		if err != nil {
			return nil, err
		}
		select {
		case b.taken <- struct{}{}:
			return &slotted{TCPConn: c, leave: sync.OnceFunc(func() { <-b.taken })}, nil
		default:
			c.Close()
		}
	}
}

// A slotted connection gives its slot back when it is closed. It stays a TCP
// connection, of which net/http closes one half first, so that who sends too
// much still reads why that is refused.
type slotted struct {
	*net.TCPConn
	leave func()
}

// Close closes the connection.
func (c *slotted) Close() error {
	defer c.leave()
	return c.TCPConn.Close()
}
