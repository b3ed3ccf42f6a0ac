# The steps that the packages for Debian and RHEL share; their scripts read this file, which is installed in /usr/lib/ods.

started='No systemd runs here: ODS starts with the machine where systemd does, elsewhere as ods.service says.'
if [ -d /run/systemd/system ]; then started='ODS was started on port 8080 (systemctl status ods).'; fi

create_user() {
  if ! getent passwd ods > /dev/null; then
    useradd --system --user-group --home-dir /var/lib/ods --no-create-home --shell /usr/sbin/nologin ods
  fi
}

create_files() {
  install -d -o ods -g ods -m 0755 /var/lib/ods
  # It may hold passwords of the database.
  chown root:ods /etc/ods/ods.conf
  chmod 0640 /etc/ods/ods.conf
  # The first administrator's password, which ods.conf names. It counts at the first start only; afterwards it may be replaced, not removed.
  if [ ! -s /etc/ods/admin-password ]; then
    (umask 027 && tr -dc 'A-HJ-NP-Za-km-z2-9' < /dev/urandom | head -c 20 > /etc/ods/admin-password)
  fi
  chown root:ods /etc/ods/admin-password
  chmod 0640 /etc/ods/admin-password
}

not_started() {
  echo "$1" >&2
  started=
}

# A unit that is masked, or does not start, is for the administrator to mend: the package is installed all the same.
# Without a running systemd, as in an image that is being built, it is enabled for the first start of the machine.
enable_and_start() {
  case "$(systemctl is-enabled "$1" 2> /dev/null)" in
    masked*) not_started "$1 is masked and was not started (systemctl unmask $1, then systemctl enable --now $1)." ;;
    *)
      systemctl enable --quiet "$1" || true
      if [ -d /run/systemd/system ]; then systemctl start "$1" || not_started "$1 did not start (systemctl status $1)."; fi
      ;;
  esac
}

# start_services first|upgrade
start_services() {
  if command -v systemctl > /dev/null; then
    if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
    if [ -f /etc/ods/enabled-units ]; then # of an earlier installation that was removed
      for unit in $(grep -E '^ods(-worker@[A-Za-z0-9_.:-]+)?\.service$' /etc/ods/enabled-units); do enable_and_start "$unit"; done
      rm /etc/ods/enabled-units
    elif [ "$1" = first ]; then enable_and_start ods.service
    elif [ -d /run/systemd/system ]; then
      systemctl try-restart ods.service 'ods-worker@*.service' || echo 'Not every service of ODS started again (systemctl status ods).'
    fi
  fi
  if [ "$1" = first ]; then
    echo "${started:+$started }Sign in as admin; the password is in /etc/ods/admin-password (sudo cat /etc/ods/admin-password)."
  fi
}

stop_services() {
  if ! command -v systemctl > /dev/null; then return; fi
  # "systemctl disable" takes no pattern. What was enabled is noted: installed again, the same services run again.
  units=$(
    cd /etc/systemd/system
    for unit in multi-user.target.wants/ods.service multi-user.target.wants/ods-worker@*.service; do
      if [ -L "$unit" ]; then basename "$unit"; fi
    done
  )
  printf '%s\n' "$units" > /etc/ods/enabled-units
  for unit in $units; do systemctl disable --quiet "$unit" || true; done
  if [ -d /run/systemd/system ]; then
    systemctl stop 'ods-worker@*.service' ods.service
    # One that has failed would stay among the machine's failed units without its file. Most have not, which is an error here.
    systemctl reset-failed 'ods-worker@*.service' ods.service 2> /dev/null || true
  fi
}
