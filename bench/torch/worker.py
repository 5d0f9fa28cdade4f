"""The workloads of the benchmarks in PyTorch, on one thread or, with the argument "cuda", on the GPU, eagerly or as a replayed CUDA graph.
Questions and answers are lines of JSON (competitors/torch.ts)."""
import json
import sys
import time

import torch

torch.set_num_threads(1)
ON_CUDA = sys.argv[1:] == ["cuda"]
if ON_CUDA:
    torch.set_default_device("cuda")
    # float32 as ours, not the matrix units' ten bits of mantissa
    torch.backends.cuda.matmul.allow_tf32 = False


def pseudo(shape, seed, scale=1.0):
    """Numbers in [-scale, scale) by a hash of their index, as in numbers.ts."""
    count = 1
    for length in shape:
        count *= length
    low = 0xFFFFFFFF
    h = ((torch.arange(1, count + 1, dtype=torch.int64) * 0x9E3779B1) + (seed + 1) * 0x85EBCA77) & low
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & low
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & low
    h = h ^ (h >> 16)
    return (scale * (h.double() / 2**31 - 1)).float().reshape(shape)


def matmul(m, k, n):
    a, b = pseudo((m, k), 1), pseudo((k, n), 2)
    return lambda: (a @ b)[0, :4]


def vae_step(copy=0, captured=False):
    # each copy has a state of its own
    rows, inputs, hidden, latents, outputs, variance = 100, 28, 256, 10, 13, 0.1
    shapes = [(inputs, hidden), (hidden,), (hidden, 2 * latents), (2 * latents,), (latents, hidden), (hidden,), (hidden, outputs), (outputs,)]
    fan_in = [inputs, inputs, hidden, hidden, latents, latents, hidden, hidden]
    weights = [pseudo(shape, i, fan ** -0.5).requires_grad_() for i, (shape, fan) in enumerate(zip(shapes, fan_in))]
    u, x, noise = pseudo((rows, inputs), 20, 2), pseudo((rows, outputs), 21, 2), pseudo((rows, latents), 23, 2)
    observed = (pseudo((rows, outputs), 22) > -0.2).float()
    starts = [weight.detach().clone() for weight in weights]
    # a graph needs the step's number on the device
    adam = torch.optim.Adam(weights, lr=1e-3, **({"capturable": True, "fused": True} if captured else {}))

    def step():
        w1, b1, w2, b2, w3, b3, w4, b4 = weights
        head = torch.addmm(b2, torch.relu(torch.addmm(b1, u, w1)), w2)
        mean, log_var = head[:, :latents], head[:, latents:]
        z = mean + torch.exp(log_var / 2) * noise
        m = torch.addmm(b4, torch.relu(torch.addmm(b3, z, w3)), w4)
        kl = -0.5 * (1 + log_var - mean**2 - torch.exp(log_var)).sum()
        loss = ((observed * (x - m) ** 2).sum() * (0.5 / variance) + kl) / rows
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        return loss.detach().reshape(1)

    def restore():
        with torch.no_grad():
            for weight, start in zip(weights, starts):
                weight.copy_(start)
        # moments and the step's number
        for state in adam.state.values():
            for value in state.values():
                value.zero_()

    step.restore = restore
    return step


def decoder():
    latents, hidden, features, variance = 15, 256, 26, 0.1
    shapes = [(latents, hidden), (hidden,), (hidden, features), (features,)]
    w1, b1, w2, b2 = [pseudo(shape, 30 + i, fan ** -0.5) for i, (shape, fan) in enumerate(zip(shapes, [latents, latents, hidden, hidden]))]
    z, observed = pseudo((features,), 40, 2), (pseudo((features,), 41) > -0.2).float()

    def gradient(eps):
        eps = eps.detach().requires_grad_()
        mean = torch.addmm(b2, torch.relu(torch.addmm(b1, eps, w1)), w2)
        log_density = -(0.5 / variance) * (observed * (z - mean) ** 2).sum() - 0.5 * (eps**2).sum()
        return torch.autograd.grad(log_density, eps)[0]

    return gradient


def gradient(chains):
    function, eps = decoder(), pseudo((chains, 15), 50, 1.5)
    return lambda: function(eps)[0]


def leapfrog(chains):
    function, step_size = decoder(), 0.02
    start, momentum = pseudo((chains, 15), 50, 1.5), pseudo((chains, 15), 51, 1.5)
    start_gradient = function(start)

    def run():
        q, p, g = start, momentum, start_gradient
        for _ in range(5):
            p = p + 0.5 * step_size * g
            q = q + step_size * p
            g = function(q)
            p = p + 0.5 * step_size * g
        return q[0]

    return run


WORKLOADS = {"matmul": matmul, "vae-step": vae_step, "gradient": gradient, "leapfrog": leapfrog}


def as_graph(run):
    """The work captured once, to be replayed without the host; its state is as it was before."""
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    # what is allocated or chosen at first must not be so while capturing
    with torch.cuda.stream(aside):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        result = run()
    if hasattr(run, "restore"):
        run.restore()

    def replay():
        graph.replay()
        return result

    return replay


def make(workload, sizes, graph):
    if not graph:
        return WORKLOADS[workload](*sizes)
    options = {"captured": True} if workload == "vae-step" else {}
    return as_graph(WORKLOADS[workload](*sizes, **options))


def wait():
    if ON_CUDA:
        torch.cuda.synchronize()


def main():
    # of one workload at a time, eagerly and as a graph
    held, made = None, {}
    for line in sys.stdin:
        question = json.loads(line)
        try:
            name, graph = (question["workload"], *question["sizes"]), question.get("graph", False)
            if name != held:
                held, made = name, {}
            if graph not in made:
                made[graph] = make(question["workload"], question["sizes"], graph)
            run = made[graph]
            if question["count"] == 0:
                answer = {"result": run().tolist(), "ms": 0, "cpuMs": 0}
            else:
                wait()
                begin, cpu = time.perf_counter(), time.process_time()
                for _ in range(question["count"]):
                    run()
                wait()
                answer = {"ms": 1e3 * (time.perf_counter() - begin), "cpuMs": 1e3 * (time.process_time() - cpu)}
        except Exception as error:  # the benchmark shows it
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


main()
