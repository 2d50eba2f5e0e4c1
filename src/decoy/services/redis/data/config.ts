/**
 * What `CONFIG GET *` tells of a server as Debian's package configures it, opened to the network: one parameter and
 * its value a line, with `6:` or `7:` before it where 6.0.16 and 7.0.15 differ.
 */
export const CONFIG = `
rdbchecksum yes
daemonize no
io-threads-do-reads no
6:lua-replicate-commands yes
6:always-show-logo yes
7:always-show-logo no
protected-mode no
rdbcompression yes
rdb-del-sync-files no
activerehashing yes
stop-writes-on-bgsave-error yes
dynamic-hz yes
lazyfree-lazy-eviction no
lazyfree-lazy-expire no
lazyfree-lazy-server-del no
lazyfree-lazy-user-del no
repl-disable-tcp-nodelay no
6:repl-diskless-sync no
7:repl-diskless-sync yes
6:gopher-enabled no
aof-rewrite-incremental-fsync yes
no-appendfsync-on-rewrite no
cluster-require-full-coverage yes
rdb-save-incremental-fsync yes
aof-load-truncated yes
aof-use-rdb-preamble yes
cluster-replica-no-failover no
cluster-slave-no-failover no
replica-lazy-flush no
slave-lazy-flush no
replica-serve-stale-data yes
slave-serve-stale-data yes
replica-read-only yes
slave-read-only yes
replica-ignore-maxmemory yes
slave-ignore-maxmemory yes
jemalloc-bg-thread yes
activedefrag no
syslog-enabled no
cluster-enabled no
appendonly no
cluster-allow-reads-when-down no
aclfile
unixsocket
6:pidfile /var/run/redis/redis-server.pid
7:pidfile /run/redis/redis-server.pid
replica-announce-ip
slave-announce-ip
masteruser
masterauth
cluster-announce-ip
syslog-ident redis
dbfilename dump.rdb
appendfilename appendonly.aof
server_cpulist
bio_cpulist
aof_rewrite_cpulist
bgsave_cpulist
6:ignore-warnings ARM64-COW-BUG
7:ignore-warnings
supervised systemd
syslog-facility local0
repl-diskless-load disabled
loglevel notice
maxmemory-policy noeviction
appendfsync everysec
oom-score-adj no
databases 16
port {port}
io-threads 1
auto-aof-rewrite-percentage 100
cluster-replica-validity-factor 10
cluster-slave-validity-factor 10
list-max-ziplist-size -2
tcp-keepalive 300
cluster-migration-barrier 1
active-defrag-cycle-min 1
active-defrag-cycle-max 25
active-defrag-threshold-lower 10
active-defrag-threshold-upper 100
lfu-log-factor 10
lfu-decay-time 1
replica-priority 100
slave-priority 100
repl-diskless-sync-delay 5
maxmemory-samples 5
timeout 0
replica-announce-port 0
slave-announce-port 0
tcp-backlog 511
cluster-announce-bus-port 0
cluster-announce-port 0
repl-timeout 60
repl-ping-replica-period 10
repl-ping-slave-period 10
list-compress-depth 0
6:rdb-key-save-delay 0
6:key-load-delay 0
active-expire-effort 1
hz 10
min-replicas-to-write 0
min-slaves-to-write 0
min-replicas-max-lag 10
min-slaves-max-lag 10
maxclients 10000
active-defrag-max-scan-fields 1000
slowlog-max-len 128
acllog-max-len 128
lua-time-limit 5000
cluster-node-timeout 15000
slowlog-log-slower-than 10000
latency-monitor-threshold 0
proto-max-bulk-len 536870912
stream-node-max-entries 100
repl-backlog-size 1048576
maxmemory 0
hash-max-ziplist-entries 512
set-max-intset-entries 512
zset-max-ziplist-entries 128
active-defrag-ignore-bytes 104857600
hash-max-ziplist-value 64
stream-node-max-bytes 4096
zset-max-ziplist-value 64
hll-sparse-max-bytes 3000
tracking-table-max-keys 1000000
repl-backlog-ttl 3600
auto-aof-rewrite-min-size 67108864
tls-port 0
tls-session-cache-size 20480
tls-session-cache-timeout 300
tls-cluster no
tls-replication no
tls-auth-clients yes
tls-prefer-server-ciphers no
tls-session-caching yes
tls-cert-file
tls-key-file
tls-dh-params-file
tls-ca-cert-file
tls-ca-cert-dir
tls-protocols
tls-ciphers
tls-ciphersuites
logfile /var/log/redis/redis-server.log
client-query-buffer-limit 1073741824
6:watchdog-period 0
dir /var/lib/redis
6:save 900 1 300 10 60 10000
7:save 3600 1 300 100 60 10000
client-output-buffer-limit normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60
unixsocketperm 0
slaveof
notify-keyspace-events
bind 0.0.0.0
requirepass {password}
oom-score-adj-values 0 200 800
7:acl-pubsub-default resetchannels
7:aof-disable-auto-gc no
7:aof-timestamp-enabled no
7:appenddirname appendonlydir
7:bind-source-addr
7:busy-reply-threshold 5000
7:cluster-allow-pubsubshard-when-down yes
7:cluster-allow-replica-migration yes
7:cluster-announce-hostname
7:cluster-announce-tls-port 0
7:cluster-config-file nodes.conf
7:cluster-link-sendbuf-limit 0
7:cluster-port 0
7:cluster-preferred-endpoint-type ip
7:crash-log-enabled yes
7:crash-memcheck-enabled yes
7:disable-thp yes
7:enable-debug-command no
7:enable-module-command no
7:enable-protected-configs no
7:hash-max-listpack-entries 512
7:hash-max-listpack-value 64
7:latency-tracking yes
7:latency-tracking-info-percentiles 50 99 99.9
7:lazyfree-lazy-user-flush no
7:list-max-listpack-size -2
7:maxmemory-clients 0
7:maxmemory-eviction-tenacity 10
7:proc-title-template {title} {listen-addr} {server-mode}
7:propagation-error-behavior ignore
7:repl-diskless-sync-max-replicas 0
7:replica-announced yes
7:replica-ignore-disk-write-errors no
7:replicaof
7:sanitize-dump-payload no
7:set-proc-title yes
7:shutdown-on-sigint default
7:shutdown-on-sigterm default
7:shutdown-timeout 10
7:socket-mark-id 0
7:tls-client-cert-file
7:tls-client-key-file
7:tls-client-key-file-pass
7:tls-key-file-pass
7:zset-max-listpack-entries 128
7:zset-max-listpack-value 64
`
