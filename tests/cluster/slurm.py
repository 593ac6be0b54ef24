#!/usr/bin/env python3
"""A real Slurm array of four tasks over a tree: together they write what one run writes, byte for byte.

slurm.py IMGC SLURM_SCRIPT. Starts munged, slurmctld and slurmd on the loopback, with directories of their own, and
stops them. Needs root and Debian's slurm-wlm and munge. Exit status: 0 passed, 1 failed, 77 skipped.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fault"))
from support import IMGC, check, read_tree, scratch, skip  # noqa: E402

SCRIPT = Path(sys.argv[2]).resolve()
IMAGES = Path(__file__).resolve().parents[2] / "testdata" / "images"
TASKS = 4


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(holds, seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.2)
    check(False, f"{what} did not come about in {seconds} s")


def configuration(room, munge_socket):
    host = socket.gethostname()
    for name in ("state", "spool"):
        (room / name).mkdir()
    return f"""ClusterName=imgc
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={free_port()}
SlurmdPort={free_port()}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={munge_socket}
CredType=cred/munge
StateSaveLocation={room}/state
SlurmdSpoolDir={room}/spool
SlurmctldPidFile={room}/slurmctld.pid
SlurmdPidFile={room}/slurmd.pid
SlurmctldLogFile={room}/slurmctld.log
SlurmdLogFile={room}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES State=UP MaxTime=INFINITE
"""


def start_munge(room):
    """A munge of our own: the machine's may have no key, or not run."""
    munge = pwd.getpwnam("munge")
    place = room / "munge"
    place.mkdir(mode=0o755)
    key = place / "key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    for path in (place, key):
        os.chown(path, munge.pw_uid, munge.pw_gid)
    sock = place / "socket"
    subprocess.run(["munged", f"--socket={sock}", f"--key-file={key}", f"--pid-file={place}/pid", f"--log-file={place}/log",
                    f"--seed-file={place}/seed", "--force"], check=True, user="munge", group="munge")
    return sock


def stop(room):
    for pid_file in (room / "slurmd.pid", room / "slurmctld.pid", room / "munge" / "pid"):
        if pid_file.exists():
            try:
                os.kill(int(pid_file.read_text()), 15)
            except (ProcessLookupError, ValueError):
                pass


def main():
    if os.geteuid() != 0:
        skip("needs root")
    for program in ("munged", "slurmctld", "slurmd", "sbatch", "squeue"):
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/usr/bin"):
            skip(f"needs {program}, from Debian's slurm-wlm and munge")
    os.environ["PATH"] += ":/usr/sbin"
    with scratch() as place:
        run_array(Path(os.fsdecode(place)))


def run_array(room):
    try:
        sock = start_munge(room)
        (room / "slurm.conf").write_text(configuration(room, sock))
        (room / "cgroup.conf").write_text("CgroupPlugin=autodetect\nIgnoreSystemd=yes\n")
        os.environ["SLURM_CONF"] = str(room / "slurm.conf")
        for daemon in ("slurmctld", "slurmd"):
            subprocess.run([daemon, "-f", room / "slurm.conf"], check=True)
        idle = ["sinfo", "-h", "-o", "%t"]
        wait_until(lambda: subprocess.run(idle, capture_output=True, text=True, check=False).stdout.strip() == "idle",
                   30, "an idle node")

        whole, parts = room / "whole", room / "parts"
        subprocess.run([IMGC, "compress", "-Q", "-e", "fast", IMAGES, whole], check=True)
        subprocess.run(["sbatch", "-Q", f"--array=1-{TASKS}", "--cpus-per-task=1", "--mem=0", f"--output={room}/%a.out",
                        f"--export=ALL,IMGC={IMGC}", SCRIPT, IMAGES, parts, "-e", "fast"], check=True)
        queue = ["squeue", "-h"]
        wait_until(lambda: not subprocess.run(queue, capture_output=True, text=True, check=True).stdout.strip(), 90,
                   "an empty queue")
        said = "".join(path.read_text() for path in room.glob("*.out"))
        reports = sorted(parts.glob("imgc-report.*.json"))
        check(len(reports) == TASKS, f"{len(reports)} of {TASKS} tasks wrote a report: {said}")
        check(read_tree(os.fsencode(parts)) == read_tree(os.fsencode(whole)), "the tasks' tree differs from that of one run")
        merged = subprocess.run([IMGC, "report", "merge", *reports, "-o", room / "merged.json"], check=False)
        check(merged.returncode == 0, "the reports can't be merged")
        print(f"{TASKS} tasks wrote {len(read_tree(os.fsencode(parts)))} files, as one run does")
    finally:
        stop(room)
        time.sleep(0.5)  # until they let go of their directories


main()
