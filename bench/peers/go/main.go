// The Go peer: net/http, a Flush after each message.
//
//	go run . PORT              (0: any free port; the URL is printed when it listens)
//	go run . PORT CERT KEY     TLS, HTTP/2 by ALPN
//	go run -tags h2c . PORT    cleartext that knows HTTP/2, too: needs golang.org/x/net
//
// GET /stream?n=N&size=S&gap=MICROS: N messages of S bytes, a pause of MICROS between them.
// GET /sse, POST /pub?n=N&rate=R&size=S: see hub.go.
// A message: 'T', 19 digits of CLOCK_MONOTONIC in nanoseconds, padding, '\n'.
package main

import (
	"bytes"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

const (
	digits         = 19
	clockMonotonic = 1
)

// clock gives CLOCK_MONOTONIC, which package time reads but does not show: the distance between
// the two is taken once.
type clock struct {
	start time.Time
	nanos int64
}

func newClock() clock {
	var now syscall.Timespec
	start := time.Now()
	_, _, errno := syscall.Syscall(
		syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	if errno != 0 {
		log.Fatalf("clock_gettime: %v", errno)
	}
	return clock{start, now.Nano()}
}

func (c clock) putTimestamp(message []byte) {
	nanos := c.nanos + int64(time.Since(c.start))
	for i := digits; i > 0; i-- {
		message[i] = byte('0' + nanos%10)
		nanos /= 10
	}
}

// cleartext is what speaks without TLS; h2c.go adds HTTP/2.
var cleartext = func(handler http.Handler) http.Handler { return handler }

func newMessage(size int) []byte {
	message := bytes.Repeat([]byte{'.'}, size)
	message[0] = 'T'
	message[size-1] = '\n'
	return message
}

func (c clock) stream(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	count, countErr := strconv.Atoi(query.Get("n"))
	size, sizeErr := strconv.Atoi(query.Get("size"))
	gapMicros, gapErr := strconv.Atoi(query.Get("gap"))
	if countErr != nil || sizeErr != nil || gapErr != nil || size <= digits+1 {
		http.Error(w, "give n, size (21 or more) and gap", http.StatusBadRequest)
		return
	}
	gap := time.Duration(gapMicros) * time.Microsecond
	message := newMessage(size)
	w.Header().Set("Content-Type", "text/plain")
	flusher := w.(http.Flusher)
	for i := 0; i < count; i++ {
		if i > 0 && gap > 0 {
			time.Sleep(gap)
		}
		c.putTimestamp(message)
		if _, err := w.Write(message); err != nil {
			return
		}
		flusher.Flush()
	}
}

func main() {
	port := "0"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	clock := newClock()
	http.HandleFunc("/stream", clock.stream)
	viewers := newHub(clock)
	http.HandleFunc("/sse", viewers.follow)
	http.HandleFunc("/pub", viewers.publish)
	if len(os.Args) > 3 {
		fmt.Printf("https://%s/\n", listener.Addr())
		log.Fatal(http.ServeTLS(listener, nil, os.Args[2], os.Args[3]))
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	log.Fatal(http.Serve(listener, cleartext(http.DefaultServeMux)))
}
