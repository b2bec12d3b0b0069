"""Work content: how long a contact keeps an agent busy, in how many rounds, and how much longer newcomers take."""

from forecasting.work.content import WorkContent, work_content
from forecasting.work.tenure import TENURE_REQUIRED, TenureFactor, tenure_factors

__all__ = ["TENURE_REQUIRED", "TenureFactor", "WorkContent", "tenure_factors", "work_content"]
