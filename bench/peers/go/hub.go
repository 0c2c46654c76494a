package main

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

const waitingMax = 64

// hub tells every event to every viewer: a channel and a goroutine for each.
type hub struct {
	clock   clock
	mutex   sync.Mutex
	viewers map[chan []byte]bool
}

func newHub(clock clock) *hub {
	return &hub{clock: clock, viewers: map[chan []byte]bool{}}
}

// follow answers GET /sse: server-sent events from now on.
func (h *hub) follow(w http.ResponseWriter, r *http.Request) {
	events := make(chan []byte, waitingMax)
	h.mutex.Lock()
	h.viewers[events] = true
	h.mutex.Unlock()
	defer func() {
		h.mutex.Lock()
		delete(h.viewers, events)
		h.mutex.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	flusher := w.(http.Flusher)
	flusher.Flush()
	for {
		select {
		case event := <-events:
			if _, err := w.Write(event); err != nil {
				return
			}
			flusher.Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// publish answers POST /pub?n=N&rate=R&size=S: N events of S bytes, R in a second.
func (h *hub) publish(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	count, countErr := strconv.Atoi(query.Get("n"))
	rate, rateErr := strconv.Atoi(query.Get("rate"))
	size, sizeErr := strconv.Atoi(query.Get("size"))
	if countErr != nil || rateErr != nil || sizeErr != nil || rate < 1 || size <= digits+1 {
		http.Error(w, "give n, rate and size (21 or more)", http.StatusBadRequest)
		return
	}
	message := newMessage(size)
	start := time.Now()
	for i := 0; i < count; i++ {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		h.clock.putTimestamp(message)
		h.tell([]byte("data: " + string(message) + "\n"))
	}
}

func (h *hub) tell(event []byte) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for events := range h.viewers {
		select {
		case events <- event:
		default: // too slow: it misses the event
		}
	}
}
