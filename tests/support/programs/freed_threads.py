"""Print the megabytes that trim_heaps returns after eight threads each kept the last block of their heap."""

import threading

import psutil

from experiments.study.process_memory import trim_heaps

THREADS = 8


def main() -> None:
    """Fill the heaps, end the threads, trim."""
    left, ready = [], threading.Barrier(THREADS)

    def session() -> None:
        ready.wait()
        blocks = [bytearray(60_000) for _ in range(500)]
        left.append(blocks[-1])

    threads = [threading.Thread(target=session) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = psutil.Process().memory_info().rss
    trim_heaps()
    print((kept - psutil.Process().memory_info().rss) // 1_000_000)


if __name__ == "__main__":
    main()
