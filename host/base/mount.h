// Mounts, as a descriptor of any kind (O_PATH too) shows them.
#pragma once

namespace notifyd {

// Whether this is where something is mounted. Of a file (bind mounts of one) only Linux 5.8 and
// later can tell; before, it is taken for none.
bool is_mount_root(int fd);

// How it is told before Linux 5.8, for directories.
bool is_mount_root_by_ids(int directory);

bool is_read_only_mount(int fd);

}  // namespace notifyd
