/** The programs that exist as files; most of them are emulated, the others only seem to be installed. */
import type {Profile} from '../shell/profiles.ts'

const COMMON =
  'apropos arch awk base64 basename bash busybox cat chattr chgrp chmod chown chsh clear cmp comm cp crontab curl cut ' +
  'date dd df diff dir dirname dmesg du echo ed egrep env expr false fgrep file find free getent gpg grep groups gunzip gzip ' +
  'head hexdump hostname hostnamectl id install journalctl kill killall last less ln locale login ls lsattr lsblk lscpu ' +
  'man md5sum mkdir mktemp more mount mv nano nc netstat nice nohup nproc od passwd pgrep ping pkill ' +
  'printenv printf ps pwd readlink realpath rm rmdir rsync scp screen sed seq sftp sh sha1sum sha256sum sleep sort ' +
  'ssh ssh-keygen stat strings stty su sudo sync systemctl tail tar tee test timeout top touch tr true tty umount ' +
  'uname uniq unzip uptime users vi vim w wc wget whatis whereis which who whoami xargs xxd yes zcat'

const PACKAGE_TOOLS: Readonly<Record<Profile['family'], string>> = {
  debian: 'apt apt-get apt-cache dpkg lsb_release',
  redhat: 'dnf yum rpm',
  alpine: 'apk',
  arch: 'pacman',
}

export const SBIN_NAMES: readonly string[] = (
  'adduser agetty arp chroot cron fdisk ifconfig insmod ip iptables lsmod mkfs modprobe nologin reboot rmmod route ' +
  'runlevel service shutdown sshd ss sysctl useradd userdel usermod visudo'
).split(' ')

export function binaryNames(profile: Profile): string[] {
  return `${COMMON} ${PACKAGE_TOOLS[profile.family]}`.split(' ')
}
