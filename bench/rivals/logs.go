// The rival of the log: a scanner, a regular expression and client_golang. Writes "CODE COUNT" a line.
package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	pattern := regexp.MustCompile(`Telephony - (-?[0-9]+) - `)
	errors := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "telephony_errors_total", Help: "Errors."},
		[]string{"provider", "product", "code"})
	lines, scanner := 0, bufio.NewScanner(file)
	scanner.Buffer(make([]byte, 1<<20), 1<<20)
	for scanner.Scan() {
		lines++
		if found := pattern.FindSubmatch(scanner.Bytes()); found != nil {
			errors.WithLabelValues("synthflow", "voice", string(found[1])).Inc()
		}
	}
	metrics := make(chan prometheus.Metric, 1000)
	errors.Collect(metrics)
	close(metrics)
	for metric := range metrics {
		var sample dto.Metric
		if metric.Write(&sample) == nil {
			fmt.Println(sample.Label[0].GetValue(), int(sample.Counter.GetValue()))
		}
	}
}
