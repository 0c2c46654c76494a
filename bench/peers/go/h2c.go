//go:build h2c

package main

import (
	"net/http"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

func init() {
	cleartext = func(handler http.Handler) http.Handler {
		return h2c.NewHandler(handler, &http2.Server{})
	}
}
