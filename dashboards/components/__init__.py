"""Panel components of our own: each draws a whole region with one model, by one of our custom elements."""

from dashboards.components.bar_chart import BarChart
from dashboards.components.figures import Figures
from dashboards.components.region_host import RegionHost
from dashboards.components.simulator_controls import SimulatorControls
from dashboards.components.status_table import StatusTable
from dashboards.components.verdict import Verdict

__all__ = ["BarChart", "Figures", "RegionHost", "SimulatorControls", "StatusTable", "Verdict"]
