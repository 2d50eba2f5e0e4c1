/**
 * The fields of INFO by section, in the order of the real servers. `6 ` or `7 ` before a field: only that version has
 * it; `{name}`: the value depends on the decky and on the time.
 */
export const INFO = `
# Server
redis_version:{redis_version}
redis_git_sha1:00000000
redis_git_dirty:0
redis_build_id:{redis_build_id}
redis_mode:standalone
os:{os}
arch_bits:64
7 monotonic_clock:POSIX clock_gettime
multiplexing_api:epoll
6 atomicvar_api:atomic-builtin
7 atomicvar_api:c11-builtin
gcc_version:{gcc_version}
process_id:{process_id}
7 process_supervised:systemd
run_id:{run_id}
tcp_port:{tcp_port}
7 server_time_usec:{server_time_usec}
uptime_in_seconds:{uptime_in_seconds}
uptime_in_days:{uptime_in_days}
hz:10
configured_hz:10
lru_clock:{lru_clock}
executable:{executable}
config_file:{config_file}
io_threads_active:0
# Clients
connected_clients:{connected_clients}
7 cluster_connections:0
7 maxclients:10000
client_recent_max_input_buffer:{client_recent_max_input_buffer}
client_recent_max_output_buffer:{client_recent_max_output_buffer}
blocked_clients:0
tracking_clients:0
clients_in_timeout_table:0
# Memory
used_memory:{used_memory}
used_memory_human:{used_memory_human}
used_memory_rss:{used_memory_rss}
used_memory_rss_human:{used_memory_rss_human}
used_memory_peak:{used_memory_peak}
used_memory_peak_human:{used_memory_peak_human}
used_memory_peak_perc:{used_memory_peak_perc}
used_memory_overhead:{used_memory_overhead}
6 used_memory_startup:809608
7 used_memory_startup:876208
used_memory_dataset:{used_memory_dataset}
used_memory_dataset_perc:{used_memory_dataset_perc}
allocator_allocated:{allocator_allocated}
allocator_active:{allocator_active}
allocator_resident:{allocator_resident}
total_system_memory:{total_system_memory}
total_system_memory_human:{total_system_memory_human}
6 used_memory_lua:41984
7 used_memory_lua:32768
7 used_memory_vm_eval:32768
6 used_memory_lua_human:41.00K
7 used_memory_lua_human:32.00K
7 used_memory_scripts_eval:0
6 used_memory_scripts:0
6 used_memory_scripts_human:0B
number_of_cached_scripts:0
7 number_of_functions:0
7 number_of_libraries:0
7 used_memory_vm_functions:33792
7 used_memory_vm_total:66560
7 used_memory_vm_total_human:65.00K
7 used_memory_functions:200
7 used_memory_scripts:200
7 used_memory_scripts_human:200B
maxmemory:{maxmemory}
maxmemory_human:{maxmemory_human}
maxmemory_policy:{maxmemory_policy}
allocator_frag_ratio:{allocator_frag_ratio}
allocator_frag_bytes:{allocator_frag_bytes}
allocator_rss_ratio:{allocator_rss_ratio}
allocator_rss_bytes:{allocator_rss_bytes}
rss_overhead_ratio:{rss_overhead_ratio}
rss_overhead_bytes:{rss_overhead_bytes}
mem_fragmentation_ratio:{mem_fragmentation_ratio}
mem_fragmentation_bytes:{mem_fragmentation_bytes}
mem_not_counted_for_evict:0
mem_replication_backlog:0
7 mem_total_replication_buffers:0
mem_clients_slaves:0
mem_clients_normal:{mem_clients_normal}
7 mem_cluster_links:0
mem_aof_buffer:0
6 mem_allocator:jemalloc-5.2.1
7 mem_allocator:jemalloc-5.3.0
active_defrag_running:0
lazyfree_pending_objects:0
7 lazyfreed_objects:0
# Persistence
loading:0
7 async_loading:0
7 current_cow_peak:0
7 current_cow_size:0
7 current_cow_size_age:0
7 current_fork_perc:0.00
7 current_save_keys_processed:0
7 current_save_keys_total:0
rdb_changes_since_last_save:{rdb_changes_since_last_save}
rdb_bgsave_in_progress:0
rdb_last_save_time:{rdb_last_save_time}
rdb_last_bgsave_status:ok
rdb_last_bgsave_time_sec:{rdb_last_bgsave_time_sec}
rdb_current_bgsave_time_sec:-1
7 rdb_saves:{rdb_saves}
rdb_last_cow_size:{rdb_last_cow_size}
7 rdb_last_load_keys_expired:0
7 rdb_last_load_keys_loaded:0
aof_enabled:0
aof_rewrite_in_progress:0
aof_rewrite_scheduled:0
aof_last_rewrite_time_sec:-1
aof_current_rewrite_time_sec:-1
aof_last_bgrewrite_status:ok
7 aof_rewrites:0
7 aof_rewrites_consecutive_failures:0
aof_last_write_status:ok
aof_last_cow_size:0
module_fork_in_progress:0
module_fork_last_cow_size:0
# Stats
total_connections_received:{total_connections_received}
total_commands_processed:{total_commands_processed}
instantaneous_ops_per_sec:{instantaneous_ops_per_sec}
total_net_input_bytes:{total_net_input_bytes}
total_net_output_bytes:{total_net_output_bytes}
7 total_net_repl_input_bytes:0
7 total_net_repl_output_bytes:0
instantaneous_input_kbps:{instantaneous_input_kbps}
instantaneous_output_kbps:{instantaneous_output_kbps}
7 instantaneous_input_repl_kbps:0.00
7 instantaneous_output_repl_kbps:0.00
rejected_connections:0
sync_full:0
sync_partial_ok:0
sync_partial_err:0
expired_keys:{expired_keys}
expired_stale_perc:{expired_stale_perc}
expired_time_cap_reached_count:0
expire_cycle_cpu_milliseconds:{expire_cycle_cpu_milliseconds}
evicted_keys:0
7 evicted_clients:0
7 total_eviction_exceeded_time:0
7 current_eviction_exceeded_time:0
keyspace_hits:{keyspace_hits}
keyspace_misses:{keyspace_misses}
pubsub_channels:0
pubsub_patterns:0
7 pubsubshard_channels:0
latest_fork_usec:{latest_fork_usec}
7 total_forks:{total_forks}
migrate_cached_sockets:0
slave_expires_tracked_keys:0
active_defrag_hits:0
active_defrag_misses:0
active_defrag_key_hits:0
active_defrag_key_misses:0
7 total_active_defrag_time:0
7 current_active_defrag_time:0
tracking_total_keys:0
tracking_total_items:0
tracking_total_prefixes:0
unexpected_error_replies:0
7 total_error_replies:{total_error_replies}
7 dump_payload_sanitizations:0
total_reads_processed:{total_reads_processed}
total_writes_processed:{total_writes_processed}
io_threaded_reads_processed:0
io_threaded_writes_processed:0
7 reply_buffer_shrinks:{reply_buffer_shrinks}
7 reply_buffer_expands:{reply_buffer_expands}
# Replication
role:{role}
connected_slaves:0
7 master_failover_state:no-failover
master_replid:{master_replid}
master_replid2:0000000000000000000000000000000000000000
master_repl_offset:0
second_repl_offset:-1
repl_backlog_active:0
repl_backlog_size:1048576
repl_backlog_first_byte_offset:0
repl_backlog_histlen:0
# CPU
used_cpu_sys:{used_cpu_sys}
used_cpu_user:{used_cpu_user}
used_cpu_sys_children:{used_cpu_sys_children}
used_cpu_user_children:{used_cpu_user_children}
7 used_cpu_sys_main_thread:{used_cpu_sys_main_thread}
7 used_cpu_user_main_thread:{used_cpu_user_main_thread}
# Modules
# Cluster
cluster_enabled:0
`
