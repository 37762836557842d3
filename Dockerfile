# The exporter on Debian 12: built in one stage, run as nobody in particular in the next. See docs/configuration.md.
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /src
COPY script/bootstrap script/bootstrap
RUN script/bootstrap --build
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY include include
COPY src src
RUN cmake --preset release && cmake --build --preset release && strip build/release/telephony_exporter

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="telephony_exporter" \
      org.opencontainers.image.description="Prometheus exporter of telephony and CPaaS error codes" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
       libbrotli1 libcpp-httplib0.11 libdeflate0 libprometheus-cpp-core1.0 libsimdjson14 libsodium23 libsqlite3-0 libssl3 libyaml-cpp0.7 zlib1g \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/build/release/telephony_exporter /usr/local/bin/telephony_exporter
COPY config /etc/telephony_exporter
RUN install -d -o 65532 -g 65532 /var/lib/telephony_exporter
ENV TELEPHONY_EXPORTER_JOURNAL_PATH=/var/lib/telephony_exporter/journal.db
VOLUME /var/lib/telephony_exporter
USER 65532:65532
EXPOSE 10065 10066
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["telephony_exporter", "healthcheck"]
ENTRYPOINT ["telephony_exporter"]
CMD ["--config.file=/etc/telephony_exporter/telephony_exporter.container.yml", "--ingest.listen-address=:10066"]
