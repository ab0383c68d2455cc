"""Why a job failed: stable codes, and what to do in Russian. No word of the file gets into them."""

from __future__ import annotations

import errno

FAULTS: dict[str, str] = {
    "job_poisonous": "Разбор одной и той же части файла трижды обрывал рабочий процесс; сообщите администратору.",
    "job_too_slow": "Часть файла не разобрана за отведённое время; разделите файл или укоротите тексты.",
    "storage_full": "На диске сервиса кончилось место; освободите его и отправьте файл снова.",
    "storage_read_only": "Папка сервиса закрыта для записи; сообщите администратору и отправьте файл снова.",
    "storage_failed": "Диск сервиса отказал; сообщите администратору и отправьте файл снова.",
    "model_changed": "Модель, которой начат разбор, заменена другой; отправьте файл снова.",
    "model_unusable": "Модель, которой начат разбор, не открывается; сообщите администратору.",
    "file_unreadable": "Файл не читается: он повреждён или это не тот вид файла.",
    "file_unsafe": "В файле xlsx то, чего в таблицах не бывает; сохраните таблицу заново.",
    "file_too_large": "В распакованном виде файл больше допустимого; разделите его.",
    "column_missing": "В файле не найден столбец с текстом или названный в поле text или id; укажите его заголовок.",
    "column_ambiguous": "Одному столбцу подходят несколько заголовков; укажите нужный в поле text или id.",
    "quote_unclosed": "В файле csv не закрыта кавычка уже в заголовках.",
    "internal_error": "Внутренняя ошибка сервиса; сообщите администратору.",
}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class JobFaultError(Exception):
    """A job that cannot be finished."""

    def __init__(self, code: str) -> None:
        self.code = code if code in FAULTS else "internal_error"
        super().__init__(self.code)


def storage_fault(error: OSError) -> str:
    """The code for what a disk refused.

    >>> storage_fault(OSError(errno.ENOSPC, "no space"))
    'storage_full'
    """
    if error.errno in _FULL:
        return "storage_full"
    return "storage_read_only" if error.errno in _READ_ONLY else "storage_failed"
