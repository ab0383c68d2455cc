"""Reviews an official reply beside its appeal: ten points of the rubric with reasons, and «отписка» or not.

>>> from mcu_nlp.records import Analysis
>>> appeal = Analysis("Во дворе темно. Прошу поставить фонарь.")
>>> review = review_reply(appeal, "Ваше обращение рассмотрено и принято к сведению.")
>>> review.brush_off, review.point("answered").reason
(True, 'На вопросы обращения ответа нет')
"""

from mcu_nlp.reply.masked import mask_review
from mcu_nlp.reply.records import AskedQuestion, Disclosed, Readability, ReplyPoint, ReplyReview
from mcu_nlp.reply.review import review_reply

__all__ = ["AskedQuestion", "Disclosed", "Readability", "ReplyPoint", "ReplyReview", "mask_review", "review_reply"]
