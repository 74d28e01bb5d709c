import threading

import pytest
import torch

from fabdesign.optics import map_lanes


def test_results_come_in_the_order_of_the_items():
    first_may_end = threading.Event()

    def work(item):
        if item == 0:
            assert first_may_end.wait(10)
        if item == 3:
            first_may_end.set()
        return item * item

    assert map_lanes(work, [0, 1, 2, 3], lanes=2) == [0, 1, 4, 9]


@pytest.mark.parametrize("lanes", [1, 2])
def test_torch_has_one_thread_inside_and_its_own_number_after(lanes):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert map_lanes(lambda _: torch.get_num_threads(), [0, 1, 2], lanes=lanes) == [1, 1, 1]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("lanes", [1, 2])
def test_errors_are_passed_on_and_threads_restored(lanes):
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError):
        map_lanes(lambda item: 1 // item, [1, 0], lanes=lanes)
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("mode", [torch.no_grad, torch.enable_grad, torch.inference_mode])
def test_lanes_inherit_the_autograd_mode(mode):
    with mode():
        expected = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        modes = map_lanes(
            lambda _: (torch.is_grad_enabled(), torch.is_inference_mode_enabled()), [0, 1], lanes=2
        )
    assert modes == [expected, expected]


def test_no_work_is_no_result():
    assert map_lanes(str, [], lanes=2) == []
