"""Run a study from Python alone and print its seeds, and whether anything of ``viz`` was imported."""

if __name__ == "__main__":
    import sys

    from experiments import run_study

    results = run_study("random_hosts", seeds=2, firms=100, until=2006, cities=sys.argv[1], out=sys.argv[2])
    print(list(results.study.seeds), len(results.panel))
    print([name for name in sys.modules if name.partition(".")[0] == "viz"])
