// The rival of the webhook: net/http and client_golang, the same fields of the same JSON, the same labels.
package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type event struct {
	EventType string `json:"eventType"`
	Payload   struct {
		SessionID     string `json:"sessionId"`
		SubAccountID  string `json:"subAccountId"`
		SessionStatus string `json:"sessionStatus"`
		ErrorDetails  struct {
			ErrorCode int `json:"errorCode"`
		} `json:"errorDetails"`
	} `json:"payload"`
}

var errors = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "telephony_errors_total", Help: "Errors."},
	[]string{"provider", "product", "account", "code", "severity"})

func post(w http.ResponseWriter, r *http.Request) {
	var e event
	if json.NewDecoder(r.Body).Decode(&e) != nil || e.Payload.SessionID == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	code := strconv.Itoa(e.Payload.ErrorDetails.ErrorCode)
	errors.WithLabelValues("8x8", "number_masking", e.Payload.SubAccountID, code, "critical").Inc()
	w.WriteHeader(http.StatusNoContent)
}

func main() {
	prometheus.MustRegister(errors)
	http.HandleFunc("/w", post)
	http.Handle("/metrics", promhttp.Handler())
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
