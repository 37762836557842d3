// The rival of the scrape: promhttp with as many counters as it is told.
package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func main() {
	series, _ := strconv.Atoi(os.Args[2])
	registry := prometheus.NewRegistry()
	counters := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "telephony_account_errors_total", Help: "Errors."},
		[]string{"provider", "product", "account", "code", "reason", "category", "severity"})
	registry.MustRegister(counters)
	for i := 0; i < series; i++ {
		counters.WithLabelValues("8x8", "number_masking", fmt.Sprint("account_", i/10), fmt.Sprint(-2001-i%10),
			"trunk_capacity_exceeded", "capacity", "critical").Add(float64(i))
	}
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
