# Everything comes from Debian 12's packages; script/bootstrap installs them.
find_package(Boost 1.81 REQUIRED)
find_package(CLI11 REQUIRED CONFIG)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED CONFIG)
find_package(prometheus-cpp REQUIRED CONFIG)  # its package has no version file
find_package(simdjson 3.0 REQUIRED CONFIG)
find_package(yaml-cpp 0.7 REQUIRED CONFIG)

find_package(PkgConfig REQUIRED)
pkg_check_modules(deflate REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib>=0.11)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
